import type { Lease } from "../job/job.js";
import type { Advanced } from "../storage/storage.js";
import type { Ended } from "./hands.js";
import type { Tally, WorkerEvent } from "./worker-event.js";

/** Tells how attempts ended, now that it is stored, and counts them. */
export function tell(
  ended: readonly Ended[],
  { stale, overruled }: Pick<Advanced, "stale" | "overruled">,
  tally: { -readonly [K in keyof Tally]: Tally[K] },
  onEvent: (event: WorkerEvent) => void,
): void {
  for (const { info, settlement } of ended) {
    const { lease, attempt, startedAt, endedAt } = settlement;
    const stored = overruled.find((other) => isSame(other.lease, lease)) ?? settlement;
    if (stale.some((other) => isSame(other, lease))) {
      onEvent({ type: "stale", ...info });
    } else if (attempt === null) {
      tally.released += 1;
      onEvent({ type: "released", ...info });
    } else {
      tally[attempt.status === "completed" ? "completed" : "failed"] += 1;
      onEvent({
        type: "ended",
        ...info,
        outcome: attempt.status,
        status: stored.status,
        error: attempt.error,
        durationMs: endedAt - startedAt,
        runAt: stored.runAt,
      });
    }
  }
}

function isSame(one: Lease, other: Lease): boolean {
  return one.seq === other.seq && one.number === other.number;
}
