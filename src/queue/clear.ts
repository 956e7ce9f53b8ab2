import type { Clock } from "../clock.js";
import { GigqError } from "../errors.js";
import { FINISHED, type JobStatus } from "../job/lifecycle.js";
import type { Storage } from "../storage/storage.js";
import { giveSpaceBack, type Swept, sweep } from "../storage/sweep.js";
import { momentOf } from "./moment-of.js";

/** Which jobs `clear` removes. */
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

/** What `clear` has removed. */
export interface Cleared extends Swept {
  /** How much smaller the database is now, bytes. */
  readonly bytesFreed: number;
  /** How much of it is empty, and used by later jobs, bytes. */
  readonly bytesReusable: number;
}

/** Removes finished jobs in short transactions, and gives back the space that they took. */
export async function clear(
  storage: Storage,
  clock: Clock,
  options: ClearOptions,
): Promise<Cleared> {
  const { dryRun, onProgress } = options;
  const statuses = options.statuses ?? ["completed", "cancelled"];
  const unfinished = statuses.find((status) => !FINISHED.includes(status));
  if (unfinished !== undefined) {
    throw new GigqError("usage", `${unfinished} jobs are not over, and cannot be cleared`, {
      hint: `Choose among: ${FINISHED.join(", ")}`,
    });
  }
  const before = options.before === undefined ? undefined : momentOf(options.before);
  // Others have the database for half of the time: who waits for a lock only looks now and then.
  const pause = async (heldMs: number) => {
    await new Promise<void>((resolve) => clock.after(heldMs, resolve));
    return true;
  };
  const swept = await sweep(storage, { statuses, before, dryRun, onProgress, pause });
  if (dryRun) return { ...swept, bytesFreed: 0, bytesReusable: 0 };
  const { givenBytes, leftBytes } = await giveSpaceBack(storage, pause);
  return { ...swept, bytesFreed: givenBytes, bytesReusable: leftBytes };
}
