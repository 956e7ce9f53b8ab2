import type { JobRecord, JobSpec, Lease } from "./job.js";
import type { AttemptStatus, Outcome } from "./outcome.js";

/** The states of a job, under the names that GigQ gives them. */
export const JobStatus: {
  readonly PENDING: "pending";
  readonly RUNNING: "running";
  readonly COMPLETED: "completed";
  readonly FAILED: "failed";
  readonly CANCELLED: "cancelled";
  readonly TIMEOUT: "timeout";
} = {
  PENDING: "pending",
  RUNNING: "running",
  COMPLETED: "completed",
  FAILED: "failed",
  CANCELLED: "cancelled",
  TIMEOUT: "timeout",
};

/** One of the six. */
export type JobStatus = (typeof JobStatus)[keyof typeof JobStatus];

export const JOB_STATUSES: readonly JobStatus[] = Object.values(JobStatus);

/** One arrow of the state machine. */
export interface Transition {
  /** A job in one of these may take it. */
  readonly from: readonly JobStatus[];
  /** Where it leads. */
  readonly to: JobStatus;
  /** When it is taken, for people. */
  readonly when: string;
}

/** The names of the arrows. */
export type TransitionName =
  | "claim"
  | "complete"
  | "retry"
  | "release"
  | "fail"
  | "expire"
  | "kill"
  | "cancel"
  | "orphan"
  | "requeue"
  | "restore";

/** The state machine. SQL guards, messages, documentation and tests are made from it. */
export const TRANSITIONS: Readonly<Record<TransitionName, Transition>> = {
  claim: { from: ["pending"], to: "running", when: "a worker took it" },
  complete: { from: ["running"], to: "completed", when: "the function returned" },
  retry: {
    from: ["running"],
    to: "pending",
    when: "it failed, timed out or lost its worker, and attempts are left",
  },
  release: {
    from: ["running"],
    to: "pending",
    when: "it was given back at shutdown or before it began; the attempt does not count",
  },
  fail: {
    from: ["running"],
    to: "failed",
    when: "it threw, or its worker was lost, and no attempts are left",
  },
  expire: {
    from: ["running"],
    to: "timeout",
    when: "it ran past its timeout, and no attempts are left",
  },
  kill: { from: ["running"], to: "cancelled", when: "it was cancelled by force, and killed" },
  cancel: { from: ["pending"], to: "cancelled", when: "somebody cancelled it" },
  orphan: {
    from: ["pending"],
    to: "cancelled",
    when: "a parent can no longer complete, or it was cancelled with what it depends on",
  },
  requeue: {
    from: ["failed", "timeout", "cancelled"],
    to: "pending",
    when: "somebody requeued it: attempts start again at 0, the error is cleared, no delay",
  },
  restore: {
    from: ["cancelled"],
    to: "pending",
    when: "the parent because of which it was cancelled was requeued",
  },
};

/** A job in one of these is over; only `requeue` and `restore` lead out again. */
export const FINISHED: readonly JobStatus[] = ["completed", "failed", "cancelled", "timeout"];

/** Says whether a job in this status is over, until somebody requeues it. */
export function isFinished(status: JobStatus): boolean {
  return FINISHED.includes(status);
}

/** What is written when an attempt has ended. Engines store it and decide nothing. */
export interface Settlement {
  /** Under which the attempt ran; what comes under another is stale. */
  readonly lease: Lease;
  /** Which arrow the job takes. */
  readonly transition: TransitionName;
  /** Where it leads. */
  readonly status: JobStatus;
  /** Attempts used up, this one included unless it was given back. */
  readonly attempts: number;
  /** JSON; `null` unless it completed. */
  readonly result: string | null;
  /** Why it did not complete; `null` for no reason. */
  readonly error: string | null;
  /** When the job may run again, ms UTC; `null` for at once, or never. */
  readonly runAt: number | null;
  /** When the attempt began, ms UTC. */
  readonly startedAt: number;
  /** When it ended, ms UTC. */
  readonly endedAt: number;
  /** What goes into the job's history; `null` for an attempt that does not count. */
  readonly attempt: { readonly status: AttemptStatus; readonly error: string | null } | null;
}

/** What `settle` must know of the job. */
export type Settled = Pick<
  JobRecord,
  "seq" | "attempts" | "maxAttempts" | "timeoutMs" | "retryDelayMs" | "backoff"
>;

/** When an attempt began and ended, ms UTC. */
export interface AttemptTime {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Decides what becomes of a job whose attempt ended so; the only place that does. */
export function settle(
  job: Settled,
  lease: Lease,
  outcome: Outcome,
  time: AttemptTime,
): Settlement {
  switch (outcome.type) {
    case "completed":
      return write(
        "complete",
        job,
        lease,
        time,
        { status: "completed", error: null },
        outcome.result,
      );
    case "released":
      return write("release", job, lease, time, null);
    case "cancelled":
      return write("kill", job, lease, time, {
        status: "cancelled",
        error: KILLED,
      });
    default: {
      const error = outcome.type === "timeout" ? ranPast(job.timeoutMs) : outcome.error;
      const again = job.attempts < job.maxAttempts;
      const last = outcome.type === "timeout" ? "expire" : "fail";
      return write(again ? "retry" : last, job, lease, time, { status: outcome.type, error });
    }
  }
}

const KILLED = "cancelled while it was running";

function write(
  transition: TransitionName,
  job: Settled,
  lease: Lease,
  { startedAt, endedAt }: AttemptTime,
  attempt: Settlement["attempt"],
  result: string | null = null,
): Settlement {
  const delay = transition === "retry" ? retryDelay(job) : 0;
  return {
    lease,
    transition,
    status: TRANSITIONS[transition].to,
    attempts: attempt === null ? job.attempts - 1 : job.attempts,
    result,
    error: attempt?.error ?? null,
    runAt: delay > 0 ? endedAt + delay : null,
    startedAt,
    endedAt,
    attempt,
  };
}

/** The settlement that takes the place of a retry when somebody has cancelled the job meanwhile. */
export function cancelInsteadOfRetry(settlement: Settlement): Settlement {
  const error = settlement.error ?? KILLED;
  return { ...settlement, transition: "kill", status: TRANSITIONS.kill.to, error, runAt: null };
}

/** No delay between attempts is longer than this, unless `retryDelay` itself is. */
const BACKOFF_CEILING_MS = 3_600_000;

/** Where an exponential backoff begins when no `retryDelay` was given. */
const BACKOFF_FLOOR_MS = 1_000;

/**
 * Milliseconds until the next attempt. `fixed` is `retryDelay` exactly; `exponential` doubles it
 * with each attempt, up to a ceiling of one hour, and takes up to a quarter off so that jobs that
 * failed together do not come back together. The spread follows from the job's number, so that
 * the same job and attempt always give the same answer.
 */
export function retryDelay(
  job: Pick<Settled, "seq" | "attempts" | "retryDelayMs" | "backoff">,
): number {
  if (job.backoff === "fixed") return job.retryDelayMs;
  const first = job.retryDelayMs || BACKOFF_FLOOR_MS;
  const ceiling = Math.max(BACKOFF_CEILING_MS, first);
  const full = Math.min(first * 2 ** (job.attempts - 1), ceiling);
  return Math.round(full * (1 - 0.25 * spread(job.seq, job.attempts)));
}

/** A number from 0 to 1 that looks random: the finalizer of MurmurHash3 over both arguments. */
function spread(seq: number, attempt: number): number {
  let hash = Math.imul(seq, 0x9e3779b1) ^ Math.imul(attempt, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0xffffffff;
}

function ranPast(timeoutMs: number | null): string {
  return `ran past its timeout of ${(timeoutMs ?? 0) / 1000} s`;
}

/** What the end of a parent means to a child that waits for it. */
export type ParentVerdict = "free" | "cancel" | "keep-waiting";

/** Says what the end of a parent means to a child with this policy. */
export function onParentEnd(
  parentStatus: JobStatus,
  policy: JobSpec["onParentFailure"],
): ParentVerdict {
  if (parentStatus === "completed" || policy === "run") return "free";
  return policy === "cancel" ? "cancel" : "keep-waiting";
}

/** The reason written on a child that is cancelled for its parent's sake. */
export function orphanReason(parentSeq: number, parentStatus: JobStatus): string {
  return `parent #${parentSeq} ${parentStatus === "timeout" ? "timed out" : parentStatus === "failed" ? "failed" : "was cancelled"}`;
}

/** The reason written on a job that is cancelled with one that it depends on, directly or not. */
export function downstreamReason(seq: number): string {
  return `cancelled with #${seq}, on which it depends`;
}
