import type { Lease } from "../job/job.js";
import type { Ended } from "./hands.js";
import type { Tally, WorkerEvent } from "./worker-event.js";

/** Tells how attempts ended, now that it is stored, and counts them. */
export function tell(
  ended: readonly Ended[],
  stale: readonly Lease[],
  tally: { -readonly [K in keyof Tally]: Tally[K] },
  onEvent: (event: WorkerEvent) => void,
): void {
  for (const { info, settlement } of ended) {
    const { lease, attempt, startedAt, endedAt } = settlement;
    if (stale.some(({ seq, number }) => seq === lease.seq && number === lease.number)) {
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
        status: settlement.status,
        error: attempt.error,
        durationMs: endedAt - startedAt,
        runAt: settlement.runAt,
      });
    }
  }
}
