import type { JobStatus } from "../job/lifecycle.js";
import type { Storage } from "../storage/storage.js";
import { type JobSummary, summaryOf } from "./job-info.js";
import { momentOf } from "./moment-of.js";
import { statusesOf } from "./statuses-of.js";

/** Which jobs `listJobs` answers; all that is given must hold. */
export interface ListOptions {
  /** Only jobs in this status, or one of these. */
  status?: JobStatus | readonly JobStatus[];
  /** Only jobs of exactly this name. */
  name?: string;
  /** Only jobs that ended at this moment or later: a `Date` or ISO 8601. */
  endedSince?: Date | string;
  /** At most this many; 100 unless given. */
  limit?: number;
  /** Only jobs with a smaller number, for the next page. */
  before?: number;
}

/** Jobs, newest first, without their executions. */
export async function listJobs(
  storage: Storage,
  { status, name, endedSince, limit = 100, before }: ListOptions,
): Promise<JobSummary[]> {
  const jobs = await storage.list({
    statuses: statusesOf(status),
    name,
    endedSince: endedSince === undefined ? undefined : momentOf(endedSince),
    limit,
    below: before,
  });
  return jobs.map(summaryOf);
}
