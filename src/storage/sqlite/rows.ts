import type { Backoff, JobRecord, OnParentFailure } from "../../job/job.js";
import type { JobStatus } from "../../job/lifecycle.js";
import type { AttemptStatus } from "../../job/outcome.js";
import type { AttemptInHand, AttemptRecord, ClaimedJob } from "../storage.js";

/** A row of `job`, as SQLite hands it out. */
export interface JobRow {
  seq: number;
  id: string;
  name: string;
  function: string;
  description: string;
  priority: number;
  status: JobStatus;
  attempts: number;
  max_attempts: number;
  timeout_ms: number | null;
  retry_delay_ms: number;
  backoff: Backoff;
  on_parent_failure: OnParentFailure;
  pass_parent_results: 0 | 1 | null;
  parents: number;
  waiting_on: number;
  run_at: number | null;
  lease: number;
  worker_id: string | null;
  turn: number | null;
  progress: string | null;
  cancel_requested: 0 | 1;
  orphaned_by: number | null;
  created_at: number;
  updated_at: number;
  started_at: number | null;
  finished_at: number | null;
  error: string | null;
  params: string;
  result: string | null;
}

export interface AttemptRow {
  job_seq: number;
  lease: number;
  attempt: number;
  status: AttemptStatus;
  started_at: number;
  ended_at: number;
  worker_id: string;
  error: string | null;
}

export function jobOfRow(row: JobRow, dependencies: readonly string[]): JobRecord {
  return {
    seq: row.seq,
    id: row.id,
    name: row.name,
    function: row.function,
    description: row.description,
    priority: row.priority,
    status: row.status,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    timeoutMs: row.timeout_ms,
    retryDelayMs: row.retry_delay_ms,
    backoff: row.backoff,
    onParentFailure: row.on_parent_failure,
    passParentResults: triState(row.pass_parent_results),
    dependencies,
    waitingOn: row.waiting_on,
    runAt: row.run_at,
    lease: row.lease,
    workerId: row.worker_id,
    cancelRequested: row.cancel_requested === 1,
    orphanedBy: row.orphaned_by,
    progress: row.progress,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    error: row.error,
    params: row.params,
    result: row.result,
  };
}

/** The row as it was found ready; the attempt that begins now is counted in. */
export function claimedJobOfRow(row: JobRow): ClaimedJob {
  return {
    seq: row.seq,
    id: row.id,
    name: row.name,
    function: row.function,
    params: row.params,
    attempts: row.attempts + 1,
    maxAttempts: row.max_attempts,
    timeoutMs: row.timeout_ms,
    retryDelayMs: row.retry_delay_ms,
    backoff: row.backoff,
    passParentResults: triState(row.pass_parent_results),
  };
}

/** A row of a running job. */
export function attemptInHandOfRow(row: JobRow): AttemptInHand {
  return {
    lease: { seq: row.seq, number: row.lease, workerId: row.worker_id! },
    job: {
      seq: row.seq,
      id: row.id,
      name: row.name,
      attempts: row.attempts,
      maxAttempts: row.max_attempts,
      timeoutMs: row.timeout_ms,
      retryDelayMs: row.retry_delay_ms,
      backoff: row.backoff,
    },
    startedAt: row.started_at!,
    turn: row.turn!,
  };
}

export function attemptOfRow(row: AttemptRow): AttemptRecord {
  return {
    seq: row.job_seq,
    lease: row.lease,
    attempt: row.attempt,
    status: row.status,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    workerId: row.worker_id,
    error: row.error,
  };
}

function triState(value: 0 | 1 | null): boolean | null {
  return value === null ? null : value === 1;
}

export function triStateColumn(value: boolean | null): 0 | 1 | null {
  return value === null ? null : value ? 1 : 0;
}
