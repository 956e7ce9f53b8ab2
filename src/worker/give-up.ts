import { GigqError, isGigqError } from "../errors.js";
import type { Ended } from "./hands.js";
import type { WorkerEvent } from "./worker-event.js";

/**
 * Tells how attempts ended that will not be stored, and answers the error with which the worker
 * ends: what the database cannot do, or a bug as it is.
 */
export function giveUp(
  unwritten: readonly Ended[],
  error: unknown,
  onEvent: (event: WorkerEvent) => void,
): unknown {
  // What it had in hand is others' to tell of.
  if (isGigqError(error) && error.code === "dismissed") {
    for (const { info } of unwritten) onEvent({ type: "stale", ...info });
    return error;
  }
  for (const { info, settlement } of unwritten) {
    const { attempt, startedAt, endedAt } = settlement;
    onEvent({
      type: "unwritten",
      ...info,
      outcome: attempt?.status ?? "released",
      error: attempt?.error ?? null,
      durationMs: endedAt - startedAt,
    });
  }
  if (!isGigqError(error) || unwritten.length === 0) return error;
  const what = unwritten.length === 1 ? "one attempt" : `${unwritten.length} attempts`;
  return new GigqError(
    "storage-failed",
    `how ${what} ended could not be stored: ${error.message}`,
    {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
      isLasting: error.isLasting,
    },
  );
}

/** Another has settled what this worker had in hand. */
export function takenForDead(workerId: string): GigqError {
  return new GigqError("dismissed", `worker ${workerId} was taken for dead by another`, {
    hint: "Its jobs are given to others. Was its folder beside the database removed? Start it again",
  });
}

/** The machine has refused a child process. */
export function exhausted(why: string): GigqError {
  return new GigqError("exhausted", why, {
    hint: "Look at the limits on open files and processes, and at the space in memory and on the disk",
  });
}
