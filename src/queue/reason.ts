import type { JobStatus } from "../job/lifecycle.js";
import type { JobSummary } from "./job-info.js";

/** A job, as it is named in the reason of another. */
export interface NamedJob {
  /** The job's UUID. */
  readonly id: string;
  /** The job's number. */
  readonly seq: number;
  /** The job's name. */
  readonly name: string;
}

/** A job that another waits for. */
export interface Ancestor extends NamedJob {
  /** Where it stands. */
  readonly status: JobStatus;
  /** ISO 8601 in UTC, while it waits for its time. */
  readonly runAt: string | null;
}

/** A worker that is alive and does not take a job, with the filter that says so. */
export interface Decliner {
  /** Its name. */
  readonly workerId: string;
  /** Takes jobs of this priority or a higher one only; `null` for all. */
  readonly minPriority: number | null;
  /** Takes jobs with one of these names, or that match one, only; `null` for all. */
  readonly names: readonly string[] | null;
}

/**
 * Why a job is not running, or what it is doing; `type` tells one from another. Moments are ISO 8601
 * in UTC.
 */
export type Reason =
  /** A slot of a worker runs it. */
  | {
      readonly type: "running";
      readonly slot: string;
      readonly since: string;
      readonly attempt: number;
      readonly maxAttempts: number;
    }
  /** It was handed to a slot that has others to run first. */
  | { readonly type: "next-in-slot"; readonly slot: string; readonly before: number }
  /** The worker that ran it is dead; another takes it over, once there is one. */
  | { readonly type: "worker-dead"; readonly workerId: string; readonly host: string }
  /** Somebody asked for it to be killed, and its worker has not done so yet. */
  | { readonly type: "being-killed"; readonly workerId: string }
  | { readonly type: "completed"; readonly at: string }
  /** It ended without completing. `requeue` is the job to requeue so that it runs again. */
  | {
      readonly type: "ended";
      readonly status: "failed" | "timeout" | "cancelled";
      readonly at: string;
      readonly attempts: number;
      readonly error: string | null;
      readonly requeue: NamedJob;
    }
  /**
   * It waits for a parent. `way` leads from that parent to the ancestor that the parent waits for
   * in the end; it is the parent alone when that waits for nobody. Where the last one ended without
   * completing, the job can never run until `requeue` is requeued; else that is `null`.
   */
  | {
      readonly type: "parent";
      readonly way: readonly Ancestor[];
      readonly requeue: NamedJob | null;
    }
  /** It waits for more parents than are told of. */
  | { readonly type: "more-parents"; readonly count: number }
  /** It waits for its time: it is to be tried again after a failure, or was submitted so. */
  | { readonly type: "delayed"; readonly until: string; readonly cause: "retry" | "run-at" }
  /** Its latest attempt did not complete, and it is to be tried again. */
  | {
      readonly type: "attempt-failed";
      readonly attempts: number;
      readonly maxAttempts: number;
      readonly error: string;
    }
  /** In its latest attempt its module could not be loaded. */
  | { readonly type: "load-failed"; readonly module: string; readonly error: string }
  /**
   * Other ready jobs come first: so many of higher priority, and so many of the same that were
   * submitted earlier. With `atLeast`, there may be more.
   */
  | {
      readonly type: "behind";
      readonly higher: number;
      readonly earlier: number;
      readonly atLeast: boolean;
    }
  /** No worker is alive. */
  | { readonly type: "no-worker" }
  /** Workers are alive, and none of them takes such a job. */
  | { readonly type: "not-taken"; readonly workers: readonly Decliner[] }
  /** All slots of the workers that would take it are taken. */
  | { readonly type: "all-busy"; readonly workers: number; readonly slots: number }
  /** It is ready, and a worker is free. */
  | { readonly type: "about-to-start" };

/** Why a job is not running, or what it is doing. */
export interface Explanation {
  /** As it stands now. */
  readonly job: JobSummary;
  /** Every reason there is; at least one. */
  readonly reasons: readonly Reason[];
}
