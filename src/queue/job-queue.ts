import { type Clock, systemClock } from "../clock.js";
import type { AsJson } from "../job/as-json.js";
import type { Job } from "../job/job.js";
import { keepOpen } from "../storage/connections.js";
import { nameOf } from "../storage/lend.js";
import { openStorage } from "../storage/open-storage.js";
import type { JobRef, Storage } from "../storage/storage.js";
import type { Backup } from "../storage/upkeep.js";
import type { CancelOptions, ChangeResult } from "./change-jobs.js";
import type { Cleared, ClearOptions } from "./clear.js";
import type { JobFamily } from "./family.js";
import { infoOf, type JobInfo, type JobSummary, type NoJob } from "./job-info.js";
import type { ListOptions } from "./list-jobs.js";
import type { WorkerInfo } from "./list-workers.js";
import type { LogEntry, ReadLogsOptions } from "./read-logs.js";
import type { Explanation } from "./reason.js";
import { refuseNoJob } from "./refuse-no-job.js";
import type { Stats } from "./stats.js";
import type { JobId } from "./task.js";
import { unknownJob } from "./unknown-job.js";
import type { WaitOptions } from "./wait-for.js";

/** How a queue is opened. */
export interface JobQueueOptions {
  /** False refuses a database that is not there, or that gigq did not make; true unless given. */
  initialize?: boolean;
  /** Opens a database on a network file system too, where locks may not hold; false unless given. */
  allowNetworkFileSystem?: boolean;
  /** Where time comes from; for tests. */
  clock?: Clock;
}

/**
 * A queue of jobs: puts them in, answers about them, changes them.
 *
 * The database is opened, and created unless `initialize` is false, at the first call; what is
 * wrong with it is reported there. All methods reject with a `GigqError`: `no-queue`,
 * `not-a-queue`, `schema-too-new`, `unusable-path`, `busy`, `disk-full` or `storage-failed`, and
 * what their own comments name.
 */
export class JobQueue {
  /** The path it was given, or "custom storage". */
  readonly location: string;
  readonly #place: string | Storage;
  readonly #initialize: boolean;
  readonly #allowNetworkFileSystem: boolean;
  readonly #clock: Clock;
  readonly #forget: () => void;
  #opening: Promise<Storage> | undefined;

  /**
   * `place` is the path of a SQLite file, or a storage that is open. Who has opened one closes it:
   * the queue does not, and what `options` say of databases is nothing to it.
   */
  constructor(place: string | Storage, options: JobQueueOptions = {}) {
    this.location = nameOf(place);
    this.#place = place;
    this.#initialize = options.initialize ?? true;
    this.#allowNetworkFileSystem = options.allowNetworkFileSystem ?? false;
    this.#clock = options.clock ?? systemClock;
    this.#forget = keepOpen(this);
  }

  /** Opens the database now rather than at the first use. */
  async open(): Promise<void> {
    await this.#open();
  }

  /** Stores a job and answers its id. Rejects with `unknown-parent`. */
  async submit(job: Job): Promise<string> {
    await this.submitAll([job]);
    return job.id;
  }

  /**
   * Stores all jobs, or none, and answers their ids in order. They may depend on each other.
   * Rejects with `unknown-parent` or `cycle`.
   */
  async submitAll(jobs: readonly Job[]): Promise<string[]> {
    for (const job of jobs) refuseNoJob(job);
    const specs = await Promise.all(jobs.map(async (job) => job.prepare()));
    const storage = await this.#open();
    await storage.insert(specs, this.#clock.now());
    return jobs.map((job) => job.id);
  }

  /** Everything about a job, by its id or number; `{ exists: false }` when there is none. */
  async getStatus(ref: JobRef): Promise<JobInfo | NoJob> {
    const [info] = await this.getStatuses([ref]);
    return info!;
  }

  /** The same for many jobs at once, in order. */
  async getStatuses(refs: readonly JobRef[]): Promise<(JobInfo | NoJob)[]> {
    const storage = await this.#open();
    const jobs = await storage.get(refs);
    const seqs = jobs.filter((job) => job !== undefined).map((job) => job.seq);
    const attempts = await storage.attempts(seqs);
    return jobs.map((job) => (job === undefined ? { exists: false } : infoOf(job, attempts)));
  }

  /** A job with its ancestors and descendants, up to 1,000 jobs. Rejects with `unknown-job`. */
  async getFamily(ref: JobRef): Promise<JobFamily> {
    const { getFamily } = await import("./family.js");
    return getFamily(await this.#open(), ref);
  }

  /** Why a job is not running, or what it is doing. Rejects with `unknown-job`. */
  async explain(ref: JobRef): Promise<Explanation> {
    const { explain } = await import("./explain.js");
    return explain(await this.#open(), this.#clock, ref);
  }

  /**
   * What the job's function returned; `undefined` unless it has completed. Of a task's job, which
   * `Task.submit` gave the id, the compiler knows the type. Rejects with `unknown-job`.
   */
  async getResult<Result = unknown>(
    ref: JobId<Result> | number,
  ): Promise<AsJson<Result> | undefined>;
  async getResult(ref: JobRef): Promise<unknown> {
    const storage = await this.#open();
    const [job] = await storage.get([ref]);
    if (job === undefined) throw unknownJob(ref);
    return job.result === null ? undefined : JSON.parse(job.result);
  }

  /** Jobs, newest first, without their executions. Rejects with `usage` for what is no status. */
  async listJobs(options: ListOptions = {}): Promise<JobSummary[]> {
    const { listJobs } = await import("./list-jobs.js");
    return listJobs(await this.#open(), options);
  }

  /**
   * Cancels a pending job, and the descendants that cannot run without it. With `force`, a running
   * one too: its worker is asked to kill it, which takes a moment. False when nothing changed.
   */
  async cancel(ref: JobRef, options: CancelOptions = {}): Promise<boolean> {
    return this.#changeOne(ref, (refs) => this.cancelAll(refs, options));
  }

  /** The same for many jobs. Rejects with `unknown-job` before anything changes. */
  async cancelAll(refs: readonly JobRef[], options: CancelOptions = {}): Promise<ChangeResult[]> {
    const { cancelJobs } = await import("./change-jobs.js");
    return cancelJobs(await this.#open(), this.#clock.now(), refs, options);
  }

  /**
   * Makes a failed, timed out or cancelled job pending again, with no attempts used, no error and
   * no delay, and restores the descendants that were cancelled because of it. False when its status,
   * or a parent that failed, forbids it.
   */
  async requeueJob(ref: JobRef): Promise<boolean> {
    return this.#changeOne(ref, (refs) => this.requeueAll(refs));
  }

  /** The same for many jobs, in one commit. Rejects with `unknown-job` before anything changes. */
  async requeueAll(refs: readonly JobRef[]): Promise<ChangeResult[]> {
    const { requeueJobs } = await import("./change-jobs.js");
    return requeueJobs(await this.#open(), this.#clock.now(), refs);
  }

  /**
   * Removes completed and cancelled jobs that ended before a moment (a `Date` or ISO 8601; all when
   * left out), and answers how many. Jobs that others still need stay.
   */
  async clearCompleted(before?: Date | string): Promise<number> {
    return (await this.clear({ ...(before === undefined ? {} : { before }) })).total;
  }

  /** Removes finished jobs of the given statuses, in short transactions. */
  async clear(options: ClearOptions = {}): Promise<Cleared> {
    const { clear } = await import("./clear.js");
    return clear(await this.#open(), this.#clock, options);
  }

  /**
   * Writes a copy of the queue, as it is at one moment, to a file that only its owner can read;
   * workers go on meanwhile, this process does not. There is a complete file in the end, or none.
   * A file that is there already is replaced with `force` only, else `usage`. Rejects with
   * `unusable-path` or `disk-full`; with the signal's reason when it fires, once the copy is made.
   */
  async backup(
    file: string,
    { force = false, signal }: { force?: boolean; signal?: AbortSignal } = {},
  ): Promise<Backup> {
    return (await this.#open()).backup(file, { replace: force, signal });
  }

  /** How many jobs there are in each status. */
  async stats(): Promise<Stats> {
    const { statsOf } = await import("./stats.js");
    return statsOf(await (await this.#open()).counts());
  }

  /**
   * The workers of this queue on this machine, oldest first: those that are alive, and dead ones
   * that nobody has taken care of yet.
   */
  async workers(): Promise<WorkerInfo[]> {
    const { listWorkers } = await import("./list-workers.js");
    return listWorkers(await this.#open());
  }

  /**
   * Resolves once all these jobs are over, with everything about them. Rejects with `unknown-job`,
   * with `wait-timeout` when `timeout` seconds have passed, or with `forbidden` as soon as one of
   * them can never run, because it waits for a parent that failed.
   */
  async wait(refs: readonly JobRef[], options: WaitOptions = {}): Promise<JobInfo[]> {
    const { waitFor } = await import("./wait-for.js");
    await waitFor(await this.#open(), this.#clock, refs, options);
    return (await this.getStatuses(refs)).filter((info) => info.exists);
  }

  /**
   * What an attempt of a job wrote, line by line: its latest attempt unless told otherwise. With
   * `follow`, as it is written, until the job is over. Rejects with `unknown-job` or
   * `unknown-attempt`.
   */
  async *readLogs(
    ref: JobRef,
    options: ReadLogsOptions = {},
  ): AsyncGenerator<LogEntry, void, undefined> {
    const { readLogs } = await import("./read-logs.js");
    yield* readLogs(await this.#open(), this.#clock, ref, options);
  }

  /** Closes the database, but no storage that was handed in; the next call opens it again. */
  async close(): Promise<void> {
    this.#forget();
    const opening = this.#opening;
    this.#opening = undefined;
    // A database that could not be opened need not be closed.
    await opening?.then(
      (storage) => storage.close(),
      () => {},
    );
  }

  /** One opening for all calls; one that failed is tried anew by the next call. */
  #open(): Promise<Storage> {
    this.#opening ??= openStorage(this.#place, {
      create: this.#initialize,
      clock: this.#clock,
      allowNetworkFileSystem: this.#allowNetworkFileSystem,
    }).catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #changeOne(
    ref: JobRef,
    change: (refs: JobRef[]) => Promise<ChangeResult[]>,
  ): Promise<boolean> {
    const { exists } = await this.getStatus(ref);
    if (!exists) return false;
    const [result] = await change([ref]);
    return result!.changed || result!.followed > 0;
  }
}
