import { isFinished } from "../job/lifecycle.js";
import type { Storage } from "../storage/storage.js";
import type { Kin } from "./kin.js";

type Orphan = Pick<Kin, "seq" | "id" | "name" | "status" | "orphanedBy">;

/** The jobs for whose sake these were cancelled, and those for whose sake they were, by number. */
export async function gatherCauses(
  storage: Storage,
  jobs: readonly Orphan[],
): Promise<ReadonlyMap<number, Orphan>> {
  const causes = new Map<number, Orphan>();
  for (let last = jobs; last.length > 0; ) {
    const seqs = new Set(last.map((job) => job.orphanedBy).filter((seq) => seq !== null));
    const found = await storage.get([...seqs].filter((seq) => !causes.has(seq)));
    last = found.filter((job) => job !== undefined);
    for (const { seq, id, name, status, orphanedBy } of last) {
      causes.set(seq, { seq, id, name, status, orphanedBy });
    }
  }
  return causes;
}

/**
 * The job to requeue so that this one, which ended without completing, runs again: itself, or the
 * one for whose sake it was cancelled, and so on.
 */
export function toRequeue(job: Orphan, causes: ReadonlyMap<number, Orphan>): Orphan {
  let found = job;
  while (found.orphanedBy !== null) {
    const cause = causes.get(found.orphanedBy);
    // One that has completed, or is not over, cannot be requeued.
    const isOver = cause !== undefined && isFinished(cause.status) && cause.status !== "completed";
    if (!isOver) break;
    found = cause;
  }
  return found;
}
