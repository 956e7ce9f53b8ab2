import { newId, systemClock } from "../clock.js";
import { checkJob } from "./check-job.js";
import { kindOf } from "./kind-of.js";
import type { JobStatus } from "./lifecycle.js";

/** How the wait between attempts grows. */
export type Backoff = "fixed" | "exponential";

/** What becomes of a job when a parent ends without completing. */
export type OnParentFailure = "cancel" | "wait" | "run";

/** What may be said about a job. Times are seconds, as on the command line. */
export interface JobOptions {
  /** Where the function is: `./jobs.ts#resize`, an absolute path, a `file:` URL, or `package#export`. */
  function: string | URL;
  /** For people; the name of the export unless given. */
  name?: string;
  /** What the function is called with: a plain object that JSON can hold. */
  params?: object;
  /** Higher runs first; a whole number, 0 unless given. */
  priority?: number;
  /** Ids of jobs that must complete before this one runs. */
  dependencies?: readonly string[];
  /** How often it may be tried in all; 3 unless given. */
  maxAttempts?: number;
  /** Seconds that an attempt may run before it is killed; 300 unless given, `null` for no limit. */
  timeout?: number | null;
  /** For people; shown by `gigq status`. */
  description?: string;
  /** Seconds between a failed attempt and the next; 0 unless given. */
  retryDelay?: number;
  /** `fixed` unless given; `exponential` doubles the delay each time, up to an hour. */
  backoff?: Backoff;
  /** `cancel` unless given. */
  onParentFailure?: OnParentFailure;
  /**
   * Left out: `context.parentResults` is there when there are dependencies. `true`: they are also
   * put into `params.parentResults`. `false`: they are not loaded.
   */
  passParentResults?: boolean;
  /** Not before this moment: a `Date`, or ISO 8601 with a zone. */
  runAt?: Date | string;
}

/** A job as it is handed to storage: checked, complete, with times in milliseconds. */
export interface JobSpec {
  /** UUIDv7. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Module and export, with an absolute path unless it is a package. */
  readonly function: string;
  /** JSON of an object. */
  readonly params: string;
  /** Empty where none was given. */
  readonly description: string;
  /** Higher runs first. */
  readonly priority: number;
  /** How often it may be tried in all. */
  readonly maxAttempts: number;
  /** How long an attempt may run; `null` for no limit. */
  readonly timeoutMs: number | null;
  /** From a failed attempt to the next. */
  readonly retryDelayMs: number;
  /** How that delay grows. */
  readonly backoff: Backoff;
  /** What becomes of it when a parent ends without completing. */
  readonly onParentFailure: OnParentFailure;
  /** As in `JobOptions`; `null` where nothing was said. */
  readonly passParentResults: boolean | null;
  /** Ids of its parents, in order. */
  readonly dependencies: readonly string[];
  /** ms UTC; `null` for at once. */
  readonly runAt: number | null;
}

/** A job as storage keeps it. Times are ms UTC, `null` while they have not come. */
export interface JobRecord extends JobSpec {
  /** The job's number, counted up by the database. */
  readonly seq: number;
  /** Where it stands. */
  readonly status: JobStatus;
  /** Used up, one that runs included. */
  readonly attempts: number;
  /** How many parents it still waits for. */
  readonly waitingOn: number;
  /** The number of the job because of which it was cancelled: when that is requeued, this is restored. */
  readonly orphanedBy: number | null;
  /** JSON, of a completed job only. */
  readonly result: string | null;
  /** Why it, or its latest attempt, did not complete; `null` for no reason. */
  readonly error: string | null;
  /** ms UTC. */
  readonly createdAt: number;
  /** ms UTC; each write counts. */
  readonly updatedAt: number;
  /** When its latest attempt began, ms UTC. */
  readonly startedAt: number | null;
  /** When it was over, ms UTC; `null` until then. */
  readonly finishedAt: number | null;
  /** The number of its latest lease; 0 before the first. */
  readonly lease: number;
  /** The slot that runs it; `null` unless it runs. */
  readonly workerId: string | null;
  /** Somebody asked for the running attempt to be killed. */
  readonly cancelRequested: boolean;
  /** What its latest attempt last told of its progress, as JSON; `null` when it told nothing. */
  readonly progress: string | null;
}

/** The right of one worker to write about one attempt. */
export interface Lease {
  /** The job's number. */
  readonly seq: number;
  /** Grows by one with each claim of the job and never goes back. */
  readonly number: number;
  /** The slot that the claim is for. */
  readonly workerId: string;
}

/** What a parent left for its children. */
export interface ParentResult {
  /** The parent's. */
  readonly id: string;
  /** JSON; `null` of a parent that did not complete. */
  readonly result: string | null;
}

/** All that may be said about a job besides what it calls. */
export type JobRules = Omit<JobOptions, "function" | "params">;

/**
 * A job that can be submitted, once. Extend it for jobs of your own kind:
 * `class Thumbnail extends Job { constructor(file) { super({ function: …, params: { file } }) } }`,
 * and override `prepare()` for what is to happen at submit.
 *
 * Throws `usage` for options that make no sense.
 */
export class Job {
  /** UUIDv7, known before the job is submitted. */
  readonly id: string;
  /** ISO 8601: when this object was made. */
  readonly createdAt: string;
  #spec: JobSpec;

  /** Paths in `options.function` are seen from the current folder. */
  constructor(options: JobOptions) {
    const nowMs = systemClock.now();
    this.id = newId(nowMs);
    this.createdAt = new Date(nowMs).toISOString();
    this.#spec = checkJob(this.id, options);
  }

  /** The job as it would be stored now: checked, complete, with times in milliseconds. */
  get spec(): JobSpec {
    return this.#spec;
  }

  /** For people; need not be unique. */
  get name(): string {
    return this.#spec.name;
  }

  /** Module and export. */
  get function(): string {
    return this.#spec.function;
  }

  /** A copy: what was given is kept as JSON. */
  get params(): Record<string, unknown> {
    return JSON.parse(this.#spec.params);
  }

  /** Higher runs first. */
  get priority(): number {
    return this.#spec.priority;
  }

  /** Ids of its parents, in order. */
  get dependencies(): readonly string[] {
    return this.#spec.dependencies;
  }

  /** How often it may be tried in all. */
  get maxAttempts(): number {
    return this.#spec.maxAttempts;
  }

  /** Seconds; `null` for no limit. */
  get timeout(): number | null {
    return this.#spec.timeoutMs === null ? null : this.#spec.timeoutMs / 1000;
  }

  /** For people; empty where none was given. */
  get description(): string {
    return this.#spec.description;
  }

  /** Seconds. */
  get retryDelay(): number {
    return this.#spec.retryDelayMs / 1000;
  }

  /** How the wait between attempts grows. */
  get backoff(): Backoff {
    return this.#spec.backoff;
  }

  /** What becomes of it when a parent ends without completing. */
  get onParentFailure(): OnParentFailure {
    return this.#spec.onParentFailure;
  }

  /** `undefined` where nothing was said. */
  get passParentResults(): boolean | undefined {
    return this.#spec.passParentResults ?? undefined;
  }

  /** ISO 8601; `undefined` for at once. */
  get runAt(): string | undefined {
    return this.#spec.runAt === null ? undefined : new Date(this.#spec.runAt).toISOString();
  }

  /**
   * Makes it wait for other jobs too. Has no effect on a job that was submitted. Throws a
   * `TypeError` for what is no job.
   */
  dependOn(...parents: readonly Pick<Job, "id">[]): this {
    const ids = parents.map(idOf);
    this.amend({ dependencies: [...new Set([...this.#spec.dependencies, ...ids])] });
    return this;
  }

  /**
   * What is to be stored; asked for once by each submit, and the place for checks and look-ups of
   * a class of your own. What it throws, `submit` rejects with, and nothing is stored.
   */
  prepare(): JobSpec | Promise<JobSpec> {
    return this.#spec;
  }

  /** Replaces parts of the spec. They are not checked again. */
  protected amend(changes: Partial<Omit<JobSpec, "id">>): JobSpec {
    this.#spec = { ...this.#spec, ...changes };
    return this.#spec;
  }
}

function idOf(parent: Pick<Job, "id">): string {
  const given: unknown = parent;
  const { id } = (given ?? {}) as Partial<Job>;
  if (typeof id === "string") return id;
  throw new TypeError(
    `dependOn was given ${kindOf(given)}, and no job. Of one that is known by its id, say: dependOn({ id })`,
  );
}
