import type { Isolation } from "../job/isolation.js";
import type { JobRecord, JobSpec, Lease, ParentResult } from "../job/job.js";
import type { JobFilter } from "../job/job-filter.js";
import type { Settled, Settlement } from "../job/lifecycle.js";
import type { AttemptStatus } from "../job/outcome.js";
import type { Ahead, Counts } from "./counts.js";
import type { ListQuery } from "./list-query.js";
import type { LogPiece, LogQuery, Writing } from "./log.js";
import type { Removed, RemoveQuery } from "./removal.js";
import type { Upkeep } from "./upkeep.js";

/**
 * Where jobs are kept. Each method is one atomic step and takes a batch; no transaction reaches
 * across two calls. `now` is ms UTC and always handed in. What cannot be done rejects with a
 * `GigqError`: `busy`, `disk-full` or `storage-failed`, and nothing was written. Workers try again,
 * unless it `isLasting`; an error of any other kind is taken for a bug, and ends the worker.
 *
 * Several processes may work on one store, each through a connection of its own. What one method
 * has resolved with holds for all of them, and outlives them. What was handed out does not change
 * later; what was handed in may.
 *
 * Engines decide nothing. What becomes of a job is settled before they hear of it (`Settlement`),
 * or is told by `TRANSITIONS`, `onParentEnd`, `orphanReason` and `cancelInsteadOfRetry`. The tests
 * that every engine passes are `storageContract` of `gigq/storage-contract`; docs/storage.md tells
 * how to write one.
 */
export interface Storage extends Upkeep {
  /**
   * Keeps all the jobs, or none: `unknown-parent` where a dependency is neither stored nor in the
   * batch, `cycle` where jobs of the batch wait for each other (`refuseCycles`), `usage` where a
   * job is stored already. Answers their numbers, in order.
   *
   * Numbers count up from 1 and are never given again. Parents may come after their children in
   * the batch. A `runAt` that has come already is `null`. A job is cancelled at once when a parent
   * ended so that it may not run.
   */
  insert(jobs: readonly JobSpec[], now: number): Promise<number[]>;

  /** The jobs with these ids or numbers, in order; `undefined` where there is none. */
  get(refs: readonly JobRef[]): Promise<(JobRecord | undefined)[]>;

  /** Newest first, that is by number. */
  list(query: ListQuery): Promise<JobRecord[]>;

  /** How many jobs there are in each status. */
  counts(): Promise<Counts>;

  /** For each of these jobs the numbers of those that depend on it, in order, at most `limit` of each. */
  children(seqs: readonly number[], limit: number): Promise<number[][]>;

  /** Counts the ready jobs that come before a place in the order, up to `limit` of each kind. */
  ahead(priority: number, seq: number, limit: number): Promise<Ahead>;

  /** The ended attempts of these jobs, in the order asked for, oldest first within each. */
  attempts(seqs: readonly number[]): Promise<AttemptRecord[]>;

  /** What an attempt wrote from a position on, oldest first, up to the piece that fills `limitBytes`. */
  readLog(query: LogQuery): Promise<LogPiece[]>;

  /**
   * Applies a transition to each job whose status allows it (`TRANSITIONS`), one after the other,
   * and answers for each in its place, also for one that does not exist. The others stay as they
   * are, unless they change with one of these: then they count as changed.
   *
   * With a job that is cancelled, so are its pending descendants, as `onParentEnd` says, each with
   * the `orphanReason`. A job that is requeued has no attempts, error or delay; it is refused while
   * a parent would cancel it again. With it come back those that were cancelled because of it, unless
   * another of their parents did not complete: then that one is named as the reason.
   */
  change(seqs: readonly number[], verb: ChangeVerb, now: number): Promise<Change[]>;

  /**
   * Cancels each job that is pending, and all pending jobs that depend on it, directly or not,
   * whatever their policy. With `force`, those that run are asked to be killed; without it, of a
   * job that runs nothing changes. Of a job that is over, only what depends on it is cancelled.
   */
  cancelDownstream(seqs: readonly number[], force: boolean, now: number): Promise<Change[]>;

  /**
   * Removes at most `limit` finished jobs with their attempts, going down from the newest. A job
   * stays when an unfinished job depends on it, or when one that may be requeued needs to know
   * that it failed. To a child that stays it has completed, and has no result any more.
   */
  remove(query: RemoveQuery): Promise<Removed>;

  /**
   * A worker's whole dealing with storage, in one commit: keeps what attempts wrote, settles what
   * has ended, then claims one ready job for each of `claimants`, in order of priority and
   * submission. Fenced: a settlement whose lease no longer holds changes nothing and comes back as
   * stale; a writing is dropped. A piece whose position is kept already changes nothing.
   *
   * A lease holds while the job is running under its number, in the hands of its `workerId`; who
   * brings the settlement does not matter. A settlement to `pending` of a job that somebody wants
   * killed is stored as `cancelInsteadOfRetry` says, and comes back as overruled. Ready is what is
   * pending, waits for no parent, and whose `runAt` is `null` or has come. A claim counts the
   * attempt and the lease up, and clears `runAt`, error and progress. What two connections claim
   * at the same time is never the same job.
   */
  advance(step: AdvanceStep): Promise<Advanced>;

  /**
   * The absolute path of a folder for what the workers of this queue on this machine leave for each
   * other: the same for all of them, and for no other queue. Workers make it, in a place where they
   * may make named pipes, and take it away; an engine does not touch it. One that lives in memory,
   * or on another machine, names one in the system's temporary folder after its `identity`.
   */
  readonly meetingPlace: string;

  /**
   * Tells this store from all others, and from a copy of it in which the same workers are known: a
   * random id that was made with it will do. Any text without a NUL; processes of jobs carry it in
   * their environment.
   */
  readonly identity: string;

  /** Makes a worker known, which must be done before it claims anything. */
  enlist(worker: WorkerRecord): Promise<void>;

  /**
   * All workers that were enlisted and not dismissed, alive or not, oldest first. Who finds no sign
   * of life of one in the meeting place takes it for dead, and settles what it had in hand: an
   * engine that serves several machines must answer only those that share a meeting place.
   */
  workers(): Promise<WorkerRecord[]>;

  /** What a worker has claimed and not settled, in the order of turns. */
  inHand(workerKey: string): Promise<AttemptInHand[]>;

  /**
   * Forgets a worker; false, and it stays, while it has something in hand. True where it is not
   * known. Once the signal has fired, nobody's lock is waited for any longer.
   */
  dismiss(workerKey: string, signal?: AbortSignal): Promise<boolean>;

  /**
   * Calls the listener soon after anybody changed something, on whatever connection; what has
   * changed can be seen by the last call at the latest. It may be called too often, but not without
   * end by those who only look: a step that changes nothing tells nobody. It is a hint: where it
   * does not come, a worker is slow by its polling interval. The answer takes it back. It need not
   * keep the process alive.
   */
  onChange(listener: () => void): () => void;

  /** Ends this connection. Called again, does nothing. */
  close(): Promise<void>;
}

/** A job's id, or its number. */
export type JobRef = string | number;

/** An attempt that has ended. Times are ms UTC. */
export interface AttemptRecord {
  /** The job's number. */
  readonly seq: number;
  /** The lease under which it ran; with `seq` it names the attempt for good. */
  readonly lease: number;
  /** 1 for the first since the job was submitted or requeued. */
  readonly attempt: number;
  /** How it ended. */
  readonly status: AttemptStatus;
  /** ms UTC. */
  readonly startedAt: number;
  /** ms UTC. */
  readonly endedAt: number;
  /** The slot that it ran in. */
  readonly workerId: string;
  /** Why it did not complete; `null` when it did. */
  readonly error: string | null;
}

/** `kill` asks for a running job to be killed; its worker does so, and settles it as cancelled. */
export type ChangeVerb = "cancel" | "kill" | "requeue";

/** What became of one job that was to be changed. */
export interface Change {
  /** The job's number. */
  readonly seq: number;
  /**
   * False where the status forbids the change, or a parent that failed stands in its way. True also
   * when it changed for the sake of another that was named.
   */
  readonly changed: boolean;
  /**
   * Jobs that changed with it and were not named themselves: descendants cancelled because of it, or
   * restored.
   */
  readonly followed: number;
}

/** A worker, as the others need to know it, with the filter that says which jobs it takes. */
export interface WorkerRecord extends JobFilter {
  /** Unique for good; a worker that starts again is another one. */
  readonly key: string;
  /** The part that the names of its slots begin with. */
  readonly workerId: string;
  /** The name of its machine, for people. */
  readonly host: string;
  /** As its own machine, or container, counts processes. */
  readonly pid: number;
  /** ms UTC. */
  readonly startedAt: number;
  /** How many slots it has. */
  readonly concurrency: number;
  /** Where its jobs run. */
  readonly isolation: Isolation;
}

/** An attempt that was claimed and not settled. */
export interface AttemptInHand {
  /** Under which it runs, or waits to. */
  readonly lease: Lease;
  /** What is needed to settle it. */
  readonly job: Settled & Pick<JobRecord, "id" | "name">;
  /** When it was claimed, ms UTC. */
  readonly startedAt: number;
  /** Grows with each claim of the same worker. */
  readonly turn: number;
}

/** What a worker has to say and wants to have. */
export interface AdvanceStep {
  /** The key of the worker that asks. One that is not enlisted is given nothing. */
  readonly worker: string;
  /** What has ended. */
  readonly settlements: readonly Settlement[];
  /** Applied before the settlements. */
  readonly writings?: readonly Writing[];
  /** The name of the slot that each claim is for. */
  readonly claimants: readonly string[];
  /** The turn of the first claim; those after it count up. */
  readonly firstTurn: number;
  /** Claims only this job. */
  readonly only?: number | undefined;
  /**
   * Claims only what passes; all unless given. A ready job that does not pass costs nothing, unless
   * a pattern begins as the names of thousands of ready jobs do, and matches few of them.
   */
  readonly filter?: JobFilter | undefined;
  /** ms UTC. */
  readonly now: number;
  /** Once it has fired, nobody's lock is waited for any longer. */
  readonly signal?: AbortSignal | undefined;
}

/** A job handed to one worker for one attempt. */
export interface Claim {
  /** The right to write about the attempt. */
  readonly lease: Lease;
  /** Counts the claims of the worker. */
  readonly turn: number;
  /** What is to be run. */
  readonly job: ClaimedJob;
  /** In dependency order; `null` when there are none or they are not wanted. */
  readonly parentResults: readonly ParentResult[] | null;
}

/** As much of a job as a worker needs to run it. */
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

/** What became of a step, and what the worker is to do next. */
export interface Advanced {
  /** What it is to run, at most one for each claimant. */
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
