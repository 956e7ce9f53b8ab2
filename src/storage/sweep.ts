import type { JobStatus } from "../job/lifecycle.js";
import { Batch } from "./batch.js";
import type { Storage } from "./storage.js";
import type { Shrunk } from "./upkeep.js";

/** Which finished jobs are to go, and what happens between two short transactions. */
export interface Sweep {
  /** Finished statuses. */
  readonly statuses: readonly JobStatus[];
  /** Only jobs that finished before this, ms UTC. */
  readonly before?: number | undefined;
  /** Removes nothing, and answers what would be removed. */
  readonly dryRun?: boolean | undefined;
  /** Hears after each transaction how many jobs are gone. */
  readonly onProgress?: ((total: number) => void) | undefined;
  /**
   * Called after each transaction with how long it kept others from writing, ms. Resolves when
   * the next may begin; with false, there is none.
   */
  readonly pause: (heldMs: number) => Promise<boolean>;
}

/** What was removed, or in a dry run would be. */
export interface Swept {
  /** How many jobs. */
  readonly total: number;
  /** How many of each status that was asked for. */
  readonly byStatus: Readonly<Partial<Record<JobStatus, number>>>;
  /** Jobs that stay because others need them. */
  readonly kept: number;
}

/**
 * Removes finished jobs in short transactions. A pass that freed parents by removing their children
 * is followed by another.
 */
export async function sweep(storage: Storage, what: Sweep): Promise<Swept> {
  const { statuses, before, dryRun, onProgress, pause } = what;
  const gone = dryRun ? new Set<number>() : undefined;
  const batch = new Batch(50);
  const byStatus: Partial<Record<JobStatus, number>> = {};
  let total = 0;
  for (;;) {
    let kept = 0;
    const totalBefore = total;
    for (const status of statuses) {
      for (let below: number | undefined, first = true; first || below !== undefined; ) {
        first = false;
        const limit = batch.size;
        const removed = await storage.remove({ status, before, below, limit, dryRun, gone });
        below = removed.next;
        kept += removed.kept;
        total += removed.removed;
        byStatus[status] = (byStatus[status] ?? 0) + removed.removed;
        onProgress?.(total);
        if (removed.removed + removed.kept === limit) batch.took(removed.heldMs);
        if (!(await pause(removed.heldMs))) return { total, byStatus, kept };
      }
    }
    if (kept === 0 || total === totalBefore) return { total, byStatus, kept };
  }
}

/**
 * Gives the space that removed jobs have left back to the file system, in short transactions, and
 * answers how much that was and how much is left for later jobs, bytes.
 */
export async function giveSpaceBack(
  storage: Storage,
  pause: Sweep["pause"],
): Promise<Pick<Shrunk, "givenBytes" | "leftBytes">> {
  const batch = new Batch(100);
  for (let givenBytes = 0; ; ) {
    const shrunk = await storage.shrink(batch.size);
    givenBytes += shrunk.givenBytes;
    batch.took(shrunk.heldMs);
    const goesOn = await pause(shrunk.heldMs);
    if (!shrunk.more || !goesOn) return { givenBytes, leftBytes: shrunk.leftBytes };
  }
}
