import type { Backoff, JobRecord, OnParentFailure } from "../job/job.js";
import type { JobStatus } from "../job/lifecycle.js";
import type { AttemptStatus } from "../job/outcome.js";
import type { Progress } from "../job/progress.js";
import type { AttemptRecord } from "../storage/storage.js";

/** One run of a job. */
export interface Execution {
  /** The job's id, and a number that counts its runs for good, also across a requeue. */
  readonly id: string;
  /** 1 for the first since the job was submitted or requeued. */
  readonly attempt: number;
  /** `lost` when its worker died. */
  readonly status: "running" | AttemptStatus;
  /** When its function began, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** When it ended; `null` while it runs. */
  readonly completedAt: string | null;
  /** The slot it ran in: the worker, with a number behind it when it has several. */
  readonly workerId: string;
  /** Why it did not complete; `null` when it did, or runs. */
  readonly error: string | null;
}

/** A job as a listing shows it. Moments are ISO 8601 in UTC, `null` while they have not come. */
export interface JobSummary {
  /** There is such a job, unlike `NoJob`. */
  readonly exists: true;
  /** UUIDv7. */
  readonly id: string;
  /** The job's number in this queue. */
  readonly seq: number;
  /** For people; need not be unique. */
  readonly name: string;
  /** Module and export. */
  readonly function: string;
  /** Where it stands. */
  readonly status: JobStatus;
  /** What the function is called with. */
  readonly params: Record<string, unknown>;
  /** What the function returned; `null` unless the job has completed. */
  readonly result: unknown;
  /** Why it did not complete, or why its latest attempt did not; `null` for no reason. */
  readonly error: string | null;
  /** Higher runs first. */
  readonly priority: number;
  /** Attempts used up, one that runs included. */
  readonly attempts: number;
  /** How often it may be tried in all. */
  readonly maxAttempts: number;
  /** Seconds; `null` for no limit. */
  readonly timeout: number | null;
  /** Seconds. */
  readonly retryDelay: number;
  /** How the wait between attempts grows. */
  readonly backoff: Backoff;
  /** What becomes of it when a parent ends without completing. */
  readonly onParentFailure: OnParentFailure;
  /** Ids of its parents, in order. */
  readonly dependencies: readonly string[];
  /** How many of them it still waits for. */
  readonly waitingOn: number;
  /** Empty where none was given. */
  readonly description: string;
  /** When it was submitted. */
  readonly createdAt: string;
  /** When it was last written. */
  readonly updatedAt: string;
  /** When it may run, for a pending job that waits for its time. */
  readonly runAt: string | null;
  /** When its latest attempt began. */
  readonly startedAt: string | null;
  /** When it was over, however it ended. */
  readonly completedAt: string | null;
  /** What its latest attempt last told of how far it is; `null` when it told nothing. */
  readonly progress: Progress | null;
  /** Who runs it now. */
  readonly workerId: string | null;
}

/** Everything about a job. */
export interface JobInfo extends JobSummary {
  /** Its runs, oldest first, the present one included. */
  readonly executions: readonly Execution[];
}

/** What `getStatus` says about an id that it does not know. */
export interface NoJob {
  /** There is no such job, or not any more. */
  readonly exists: false;
}

export function summaryOf(job: JobRecord): JobSummary {
  return {
    exists: true,
    id: job.id,
    seq: job.seq,
    name: job.name,
    function: job.function,
    status: job.status,
    params: JSON.parse(job.params),
    result: job.result === null ? null : JSON.parse(job.result),
    error: job.error,
    priority: job.priority,
    attempts: job.attempts,
    maxAttempts: job.maxAttempts,
    timeout: job.timeoutMs === null ? null : job.timeoutMs / 1000,
    retryDelay: job.retryDelayMs / 1000,
    backoff: job.backoff,
    onParentFailure: job.onParentFailure,
    dependencies: job.dependencies,
    waitingOn: job.waitingOn,
    description: job.description,
    createdAt: iso(job.createdAt),
    updatedAt: iso(job.updatedAt),
    runAt: isoOrNull(job.runAt),
    startedAt: isoOrNull(job.startedAt),
    completedAt: isoOrNull(job.finishedAt),
    progress: job.progress === null ? null : JSON.parse(job.progress),
    workerId: job.workerId,
  };
}

export function infoOf(job: JobRecord, attempts: readonly AttemptRecord[]): JobInfo {
  const ended = attempts
    .filter((attempt) => attempt.seq === job.seq)
    .map((attempt) => ({
      id: `${job.id}:${attempt.lease}`,
      attempt: attempt.attempt,
      status: attempt.status,
      startedAt: iso(attempt.startedAt),
      completedAt: iso(attempt.endedAt),
      workerId: attempt.workerId,
      error: attempt.error,
    }));
  return { ...summaryOf(job), executions: [...ended, ...running(job)] };
}

function running(job: JobRecord): Execution[] {
  if (job.status !== "running") return [];
  return [
    {
      id: `${job.id}:${job.lease}`,
      attempt: job.attempts,
      status: "running",
      startedAt: iso(job.startedAt!),
      completedAt: null,
      workerId: job.workerId!,
      error: null,
    },
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
