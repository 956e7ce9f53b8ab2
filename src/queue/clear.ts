import { GigqError } from "../errors.js";
import { FINISHED, type JobStatus } from "../job/lifecycle.js";
import type { Storage } from "../storage/storage.js";

export interface ClearOptions {
  /** Which to remove; completed and cancelled unless given. Only finished statuses. */
  statuses?: readonly JobStatus[];
  /** Only jobs that ended before this: a `Date` or ISO 8601. */
  before?: Date | string;
  /** Removes nothing, and answers what would be removed. */
  dryRun?: boolean;
  /** Hears after each short transaction how many jobs are gone. */
  onProgress?: (cleared: number) => void;
}

export interface Cleared {
  readonly total: number;
  readonly byStatus: Readonly<Partial<Record<JobStatus, number>>>;
  /** Jobs that stay because others need them. */
  readonly kept: number;
}

/** So many jobs are looked at, and removed, in one transaction. */
const BATCH = 500;

/**
 * Removes finished jobs in short transactions, so that workers are never held up for long. A pass
 * that freed parents by removing their children is followed by another.
 */
export async function clear(storage: Storage, options: ClearOptions): Promise<Cleared> {
  const statuses = options.statuses ?? ["completed", "cancelled"];
  const unfinished = statuses.find((status) => !FINISHED.includes(status));
  if (unfinished !== undefined) {
    throw new GigqError("usage", `${unfinished} jobs are not over, and cannot be cleared`, {
      hint: `Choose among: ${FINISHED.join(", ")}`,
    });
  }
  const before = options.before === undefined ? undefined : momentOf(options.before);
  const byStatus: Partial<Record<JobStatus, number>> = {};
  let total = 0;
  for (;;) {
    let kept = 0;
    const totalBefore = total;
    for (const status of statuses) {
      for (let below: number | undefined, first = true; first || below !== undefined; ) {
        first = false;
        const dryRun = options.dryRun;
        const removed = await storage.remove({ status, before, below, limit: BATCH, dryRun });
        below = removed.next;
        kept += removed.kept;
        total += removed.removed;
        byStatus[status] = (byStatus[status] ?? 0) + removed.removed;
        options.onProgress?.(total);
        // Lets others have the database, and the event loop, between two transactions.
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    if (kept === 0 || total === totalBefore || options.dryRun) return { total, byStatus, kept };
  }
}

function momentOf(before: Date | string): number {
  const ms = new Date(before).getTime();
  if (!Number.isNaN(ms)) return ms;
  throw new GigqError("usage", `"${before}" is no time`, {
    hint: "Give a Date, or ISO 8601 as in 2026-11-01T00:00:00Z",
  });
}
