import { isFinished } from "../job/lifecycle.js";
import type { Storage } from "../storage/storage.js";
import type { Kin } from "./kin.js";

/**
 * The job to requeue so that this one, which did not complete, runs again: itself, or the one for
 * whose sake it was cancelled, and so on.
 */
export async function toRequeue(
  storage: Storage,
  job: Pick<Kin, "seq" | "name" | "orphanedBy">,
): Promise<Pick<Kin, "seq" | "name">> {
  let found = job;
  while (found.orphanedBy !== null) {
    const [cause] = await storage.get([found.orphanedBy]);
    // One that has completed, or comes back by itself, cannot be requeued.
    const isOver = cause !== undefined && isFinished(cause.status) && cause.status !== "completed";
    if (!isOver) break;
    found = cause;
  }
  return found;
}
