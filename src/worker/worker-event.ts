import type { GigqError } from "../errors.js";
import type { Isolation } from "../job/isolation.js";
import type { JobStatus } from "../job/lifecycle.js";
import type { AttemptStatus } from "../job/outcome.js";

/** Which attempt of which job an event is about. */
export interface AttemptInfo {
  /** The job's UUID. */
  readonly id: string;
  /** The job's number. */
  readonly seq: number;
  /** The job's name. */
  readonly name: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** How many the job has. */
  readonly maxAttempts: number;
  /** The slot it runs in: the worker's id, with a number behind it when there are several. */
  readonly workerId: string;
}

/** What a worker tells about its work. Times are ms UTC, durations ms. */
export type WorkerEvent =
  | {
      readonly type: "started";
      readonly workerId: string;
      readonly location: string;
      readonly concurrency: number;
      readonly isolation: Isolation;
      /** Takes jobs of this priority or a higher one only; `null` for all. */
      readonly minPriority: number | null;
      /** Takes jobs with one of these names, or that match one, only; `null` for all. */
      readonly names: readonly string[] | null;
    }
  | ({ readonly type: "begun" } & AttemptInfo)
  | ({
      /** How the attempt ended is stored now. */
      readonly type: "ended";
      readonly outcome: AttemptStatus;
      /** What became of the job. */
      readonly status: JobStatus;
      readonly error: string | null;
      readonly durationMs: number;
      /** When it will be tried again, for a job with a delay. */
      readonly runAt: number | null;
    } & AttemptInfo)
  /** The attempt was given back without using it up. */
  | ({ readonly type: "released" } & AttemptInfo)
  | ({
      /** An attempt of a worker that has died; what becomes of the job is stored now. */
      readonly type: "lost";
      readonly status: JobStatus;
      readonly error: string | null;
      /** When it will be tried again, for a job with a delay. */
      readonly runAt: number | null;
    } & AttemptInfo)
  /** A worker has died, and processes of its jobs that cannot be ended from here still run. */
  | { readonly type: "remains"; readonly workerId: string; readonly host: string }
  /** The attempt was no longer this worker's; its outcome was not written. */
  | ({ readonly type: "stale" } & AttemptInfo)
  | ({
      /** How the attempt ended could not be stored, and will not be: the worker gives up. */
      readonly type: "unwritten";
      readonly outcome: AttemptStatus | "released";
      readonly error: string | null;
      readonly durationMs: number;
    } & AttemptInfo)
  /** Jobs that ended long ago were removed. */
  | { readonly type: "cleared"; readonly workerId: string; readonly jobs: number }
  /** The database could not be written, or no child be started; it is tried again. */
  | { readonly type: "trouble"; readonly workerId: string; readonly error: GigqError }
  /**
   * A job wrote something. Whose it is is not known of what a program writes after the attempt that
   * started it has ended. An inline worker does not tell: what its jobs print, it prints.
   */
  | ({
      readonly type: "output";
      readonly stream: "stdout" | "stderr";
      readonly text: string;
    } & Partial<AttemptInfo>)
  | {
      readonly type: "stopping";
      readonly workerId: string;
      readonly running: number;
      readonly withinMs: number;
    }
  | ({ readonly type: "stopped"; readonly workerId: string } & Tally);

/** Attempts of one worker, counted by how they ended. */
export interface Tally {
  /** The function returned. */
  readonly completed: number;
  /** Failed, timed out, or killed. */
  readonly failed: number;
  /** Given back, without using them up. */
  readonly released: number;
}
