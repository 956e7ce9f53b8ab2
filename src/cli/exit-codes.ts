import type { ErrorCode, JobStatus } from "../index.js";

/** The exit statuses of gigq; README.md shows the same table. */
export const EXIT: Readonly<
  Record<
    | "ok"
    | "failed"
    | "usage"
    | "noSuchJob"
    | "forbidden"
    | "noQueue"
    | "jobFailed"
    | "jobTimedOut"
    | "jobCancelled"
    | "tryAgain"
    | "waitTimedOut"
    | "interrupted",
    number
  >
> = {
  ok: 0,
  failed: 1,
  usage: 2,
  noSuchJob: 3,
  forbidden: 4,
  noQueue: 5,
  jobFailed: 10,
  jobTimedOut: 11,
  jobCancelled: 12,
  tryAgain: 75,
  waitTimedOut: 124,
  interrupted: 130,
};

/** The exit status for each way a call can go wrong. */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  usage: EXIT.usage,
  cycle: EXIT.usage,
  "unknown-job": EXIT.noSuchJob,
  "unknown-attempt": EXIT.noSuchJob,
  "unknown-parent": EXIT.noSuchJob,
  forbidden: EXIT.forbidden,
  "no-queue": EXIT.noQueue,
  "not-a-queue": EXIT.noQueue,
  "schema-too-new": EXIT.noQueue,
  "unusable-path": EXIT.noQueue,
  busy: EXIT.tryAgain,
  "disk-full": EXIT.tryAgain,
  "storage-failed": EXIT.failed,
  exhausted: EXIT.tryAgain,
  "system-refused": EXIT.failed,
  dismissed: EXIT.failed,
  "wait-timeout": EXIT.waitTimedOut,
  interrupted: EXIT.interrupted,
  internal: EXIT.failed,
};

/** What `run`, `wait` and `submit --wait` exit with when a job ends so. */
const JOB_EXIT: Readonly<Partial<Record<JobStatus, number>>> = {
  completed: EXIT.ok,
  failed: EXIT.jobFailed,
  timeout: EXIT.jobTimedOut,
  cancelled: EXIT.jobCancelled,
};

/** Of several jobs the first that did not complete decides. */
export function exitCodeOf(statuses: readonly JobStatus[]): number {
  const bad = statuses.find((status) => status !== "completed");
  return bad === undefined ? EXIT.ok : (JOB_EXIT[bad] ?? EXIT.failed);
}
