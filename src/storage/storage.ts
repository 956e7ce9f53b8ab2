import type { JobRecord, JobSpec, Lease, ParentResult } from "../job/job.js";
import type { JobStatus, Settled, Settlement } from "../job/lifecycle.js";
import type { AttemptStatus } from "../job/outcome.js";
import type { Upkeep } from "./upkeep.js";

/**
 * Where jobs are kept. Each method is one atomic step and takes a batch; no transaction reaches
 * across two calls. `now` is ms UTC and always handed in. What cannot be done rejects with a
 * `GigqError`: `busy`, `disk-full` or `storage-failed`, and nothing was written.
 *
 * `test/storage/contract.ts` says in tests what every engine must do.
 */
export interface Storage extends Upkeep {
  /**
   * Keeps all the jobs, or none: `unknown-parent` where a dependency is neither stored nor in the
   * batch, `cycle` where jobs of the batch wait for each other, `usage` where a job is stored
   * already. Answers their numbers, in order.
   */
  insert(jobs: readonly JobSpec[], now: number): Promise<number[]>;

  /** The jobs with these ids or numbers, in order; `undefined` where there is none. */
  get(refs: readonly JobRef[]): Promise<(JobRecord | undefined)[]>;

  /** Newest first. */
  list(query: ListQuery): Promise<JobRecord[]>;

  counts(): Promise<Counts>;

  /** The ended attempts of these jobs, oldest first within each. */
  attempts(seqs: readonly number[]): Promise<AttemptRecord[]>;

  /** What an attempt wrote from a position on, oldest first, up to the piece that fills `limitBytes`. */
  readLog(query: LogQuery): Promise<LogPiece[]>;

  /** Applies a transition to each job whose status allows it. The others stay as they are. */
  change(seqs: readonly number[], verb: ChangeVerb, now: number): Promise<Change[]>;

  /**
   * Removes at most `limit` finished jobs with their attempts, going down from the newest. A job
   * stays when an unfinished job depends on it, or when one that may be requeued needs to know
   * that it failed.
   */
  remove(query: RemoveQuery): Promise<Removed>;

  /**
   * A worker's whole dealing with storage, in one commit: keeps what attempts wrote, settles what
   * has ended, then claims one ready job for each of `claimants`, in order of priority and
   * submission. Fenced: a settlement whose lease no longer holds changes nothing and comes back as
   * stale; a writing is dropped. A piece whose position is kept already changes nothing.
   */
  advance(step: AdvanceStep): Promise<Advanced>;

  /** A folder for what the workers of this queue on this machine leave for each other; not made yet. */
  readonly meetingPlace: string;

  /** Tells this store from a copy of it, in which the same workers are known. */
  readonly identity: string;

  /** Makes a worker known, which must be done before it claims anything. */
  enlist(worker: WorkerRecord): Promise<void>;

  /** All workers that were enlisted and not dismissed, alive or not, oldest first. */
  workers(): Promise<WorkerRecord[]>;

  /** What a worker has claimed and not settled. */
  inHand(workerKey: string): Promise<AttemptInHand[]>;

  /** Forgets a worker; false, and it stays, while it has something in hand. */
  dismiss(workerKey: string, signal?: AbortSignal): Promise<boolean>;

  /** Calls the listener soon after anybody changed something; may call it too often. */
  onChange(listener: () => void): () => void;

  close(): Promise<void>;
}

/** A job's id, or its number. */
export type JobRef = string | number;

export interface ListQuery {
  readonly statuses?: readonly JobStatus[] | undefined;
  readonly name?: string | undefined;
  /** Only jobs with a smaller number: the way to the next page. */
  readonly below?: number | undefined;
  readonly limit: number;
}

export interface Counts extends Readonly<Record<JobStatus, number>> {
  /** Pending jobs that wait for their time. */
  readonly delayed: number;
  /** Pending jobs that wait for a parent. */
  readonly blocked: number;
}

export interface AttemptRecord {
  readonly seq: number;
  /** The lease under which it ran; with `seq` it names the attempt for good. */
  readonly lease: number;
  readonly attempt: number;
  readonly status: AttemptStatus;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly workerId: string;
  readonly error: string | null;
}

/** Where something was written to: one of the standard streams, or `context.log`. */
export type LogStream = "stdout" | "stderr" | "log";

/** Something that an attempt wrote, in whole lines unless they are very long. */
export interface LogPiece {
  /**
   * How many bytes the attempt had written before, over all streams. Where that is beyond the end
   * of the piece before, the bytes between were left out.
   */
  readonly position: number;
  /** ms UTC. */
  readonly at: number;
  readonly stream: LogStream;
  readonly bytes: Uint8Array;
}

export interface LogQuery {
  readonly seq: number;
  /** With `seq`, names the attempt. */
  readonly lease: number;
  /** The first position that is wanted. */
  readonly from: number;
  readonly limitBytes: number;
}

/** What an attempt that runs, or has just ended, has written since the last time. */
export interface Writing {
  readonly lease: Lease;
  readonly log: readonly LogPiece[];
  /** Pieces that begin in this range are kept no longer; `to` is not in it. */
  readonly forget?: { readonly from: number; readonly to: number } | undefined;
  /** JSON; replaces what was told before. */
  readonly progress?: string | undefined;
}

/** `kill` asks for a running job to be killed; its worker does so, and settles it as cancelled. */
export type ChangeVerb = "cancel" | "kill" | "requeue";

export interface Change {
  readonly seq: number;
  /** False where the status forbids the change, or a parent that failed stands in its way. */
  readonly changed: boolean;
  /** Other jobs that changed with it: children cancelled for its sake, or restored. */
  readonly followed: number;
}

export interface RemoveQuery {
  /** A finished status. */
  readonly status: JobStatus;
  /** Only jobs that finished before this, ms UTC. */
  readonly before?: number | undefined;
  /** Only jobs with a smaller number: where the call before stopped. */
  readonly below?: number | undefined;
  readonly limit: number;
  /** Removes nothing, and says what it would have removed. */
  readonly dryRun?: boolean | undefined;
  /** In a dry run: what the calls before would have removed. Gets what this one would remove. */
  readonly gone?: Set<number> | undefined;
}

export interface Removed {
  readonly removed: number;
  /** How many were looked at and stay, because others need them. */
  readonly kept: number;
  /** Where the next call goes on; `undefined` once the oldest has been looked at. */
  readonly next: number | undefined;
  /** How long others had to wait before they could write, ms. */
  readonly heldMs: number;
}

/** A worker, as the others need to know it. */
export interface WorkerRecord {
  /** Unique for good; a worker that starts again is another one. */
  readonly key: string;
  /** The part that the names of its slots begin with. */
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: number;
}

/** An attempt that was claimed and not settled. */
export interface AttemptInHand {
  readonly lease: Lease;
  readonly job: Settled & Pick<JobRecord, "id" | "name">;
  /** When it was claimed, ms UTC. */
  readonly startedAt: number;
  /** Grows with each claim of the same worker. */
  readonly turn: number;
}

export interface AdvanceStep {
  /** The key of the worker that asks. One that is not enlisted is given nothing. */
  readonly worker: string;
  readonly settlements: readonly Settlement[];
  /** Applied before the settlements. */
  readonly writings?: readonly Writing[];
  /** The name of the slot that each claim is for. */
  readonly claimants: readonly string[];
  /** The turn of the first claim; those after it count up. */
  readonly firstTurn: number;
  /** Claims only this job. */
  readonly only?: number | undefined;
  readonly now: number;
  /** Once it has fired, nobody's lock is waited for any longer. */
  readonly signal?: AbortSignal | undefined;
}

/** A job handed to one worker for one attempt. */
export interface Claim {
  readonly lease: Lease;
  readonly turn: number;
  readonly job: ClaimedJob;
  /** In dependency order; `null` when there are none or they are not wanted. */
  readonly parentResults: readonly ParentResult[] | null;
}

export type ClaimedJob = Pick<
  JobRecord,
  | "seq"
  | "id"
  | "name"
  | "function"
  | "params"
  | "attempts"
  | "maxAttempts"
  | "timeoutMs"
  | "retryDelayMs"
  | "backoff"
  | "passParentResults"
>;

export interface Advanced {
  readonly claims: readonly Claim[];
  /** The worker is not enlisted any more: it was taken for dead, and must not go on. */
  readonly dismissed: boolean;
  /** Settlements that came too late: the attempt was no longer this worker's. */
  readonly stale: readonly Lease[];
  /** What was stored in place of a retry or release, where somebody had asked for a kill. */
  readonly overruled: readonly Settlement[];
  /** Attempts of this worker that somebody wants killed. */
  readonly toKill: readonly Lease[];
  /** When the next delayed job is due, ms UTC. */
  readonly nextDueAt: number | undefined;
}
