import type { JobStatus } from "../job/lifecycle.js";

/** Which jobs one call removes, at most. */
export interface RemoveQuery {
  /** A finished status. */
  readonly status: JobStatus;
  /** Only jobs that finished before this, ms UTC. */
  readonly before?: number | undefined;
  /** Only jobs with a smaller number: where the call before stopped. */
  readonly below?: number | undefined;
  /** At most so many are looked at. */
  readonly limit: number;
  /** Removes nothing, and says what it would have removed. */
  readonly dryRun?: boolean | undefined;
  /** In a dry run: what the calls before would have removed. Gets what this one would remove. */
  readonly gone?: Set<number> | undefined;
}

/** What one call has removed. */
export interface Removed {
  /** How many jobs. */
  readonly removed: number;
  /** How many were looked at and stay, because others need them. */
  readonly kept: number;
  /** Where the next call goes on; `undefined` once the oldest has been looked at. */
  readonly next: number | undefined;
  /** How long others had to wait before they could write, ms; 0 where they need not. */
  readonly heldMs: number;
}
