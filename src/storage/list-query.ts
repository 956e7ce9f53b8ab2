import type { JobStatus } from "../job/lifecycle.js";

/** Which jobs to list; what is left out does not matter. */
export interface ListQuery {
  /** Any of these; none at all finds nothing. */
  readonly statuses?: readonly JobStatus[] | undefined;
  /** Exactly this. */
  readonly name?: string | undefined;
  /** Only jobs that are over, and ended at this moment or later, ms UTC. */
  readonly endedSince?: number | undefined;
  /** Only jobs with a smaller number: the way to the next page. */
  readonly below?: number | undefined;
  /** At most so many. */
  readonly limit: number;
}
