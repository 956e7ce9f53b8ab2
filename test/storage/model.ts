import type { JobSpec, ParentResult } from "../../src/job/job.js";
import type { JobStatus, Settlement } from "../../src/job/lifecycle.js";
import type { Removed, RemoveQuery } from "../../src/storage/removal.js";
import type { AdvanceStep, AttemptRecord, Change, ChangeVerb } from "../../src/storage/storage.js";

/** A job as the model keeps it: nothing in it can be worked out from the others. */
export interface ModelJob {
  readonly seq: number;
  readonly spec: JobSpec;
  status: JobStatus;
  attempts: number;
  lease: number;
  workerId: string | null;
  runAt: number | null;
  error: string | null;
  result: string | null;
  startedAt: number | null;
  finishedAt: number | null;
  cancelRequested: boolean;
  /** Cancelled for the sake of a parent, and not by hand. */
  orphaned: boolean;
  history: AttemptRecord[];
}

export interface ModelClaim {
  readonly seq: number;
  readonly lease: number;
  readonly workerId: string;
  readonly attempt: number;
  readonly parentResults: readonly ParentResult[] | null;
}

/** Whether a job changed, and which others did for its sake. */
interface Changed {
  readonly changed: boolean;
  readonly followed: readonly number[];
}

const REFUSED: Changed = { changed: false, followed: [] };

/**
 * A queue as simple as it can be thought: a list of jobs, and rules that are applied to all of
 * them until nothing changes any more. It knows no counters, no indexes and no SQL.
 */
export class Model {
  jobs: ModelJob[] = [];
  #lastSeq = 0;

  insert(specs: readonly JobSpec[], now: number): number[] | "cycle" | "unknown-parent" {
    if (hasCycle(specs)) return "cycle";
    const ids = new Set([...this.jobs.map((job) => job.spec.id), ...specs.map((spec) => spec.id)]);
    if (specs.some((spec) => spec.dependencies.some((id) => !ids.has(id)))) return "unknown-parent";
    const jobs = specs.map((spec) => blank(++this.#lastSeq, spec, spec.runAt));
    this.jobs.push(...jobs);
    this.#cancelOrphans(now);
    return jobs.map((job) => job.seq);
  }

  advance(step: AdvanceStep): { stale: number[]; claims: ModelClaim[] } {
    const stale = step.settlements
      .filter((settlement) => !this.#settle(settlement, step.now))
      .map((settlement) => settlement.lease.number);
    const ready = this.jobs
      .filter((job) => this.isReady(job, step.now) && job.seq === (step.only ?? job.seq))
      .sort((a, b) => b.spec.priority - a.spec.priority || a.seq - b.seq);
    const claims = step.claimants.slice(0, ready.length).map((workerId, index) => {
      const job = ready[index]!;
      Object.assign(job, { status: "running", workerId, startedAt: step.now, error: null });
      Object.assign(job, { attempts: job.attempts + 1, lease: job.lease + 1, runAt: null });
      const parentResults = this.#parentResults(job);
      return { seq: job.seq, lease: job.lease, workerId, attempt: job.attempts, parentResults };
    });
    return { stale, claims };
  }

  change(seqs: readonly number[], verb: ChangeVerb, now: number): Change[] {
    const results = seqs.map((seq) => {
      const job = this.jobs.find((other) => other.seq === seq);
      return job === undefined ? REFUSED : this.#changeOne(job, verb, now);
    });
    const followed = results.flatMap((result) => result.followed);
    return seqs.map((seq, index) => ({
      seq,
      changed: results[index]!.changed || followed.includes(seq),
      followed: results[index]!.followed.filter((other) => !seqs.includes(other)).length,
    }));
  }

  remove({ status, before, below, limit, dryRun }: RemoveQuery): Omit<Removed, "heldMs"> {
    const found = this.jobs
      .filter((job) => job.status === status)
      .filter((job) => job.finishedAt! < (before ?? Infinity) && job.seq < (below ?? Infinity))
      .reverse()
      .slice(0, limit);
    let left = this.jobs;
    let kept = 0;
    for (const job of found) {
      const needed = left.some(
        (child) =>
          child.spec.dependencies.includes(job.spec.id) &&
          (!isOver(child) || (job.status !== "completed" && child.status !== "completed")),
      );
      if (needed) kept += 1;
      else left = left.filter((other) => other !== job);
    }
    const removed = this.jobs.length - left.length;
    if (!dryRun) this.jobs = left;
    return { removed, kept, next: found.length < limit ? undefined : found.at(-1)?.seq };
  }

  isReady(job: ModelJob, now: number): boolean {
    return job.status === "pending" && this.waitingOn(job) === 0 && (job.runAt ?? now) <= now;
  }

  /** How many parents a pending job waits for; one that was removed had ended well enough. */
  waitingOn(job: ModelJob): number {
    if (job.status !== "pending") return 0;
    return this.#parents(job).filter(
      (parent) =>
        parent.status !== "completed" && !(job.spec.onParentFailure === "run" && isOver(parent)),
    ).length;
  }

  /** The reasons that a job cancelled for a parent's sake may give: any parent that ended badly. */
  reasons(job: ModelJob): string[] {
    const words = { failed: "failed", timeout: "timed out", cancelled: "was cancelled" };
    return this.#parents(job)
      .filter(endedBadly)
      .map((parent) => `parent #${parent.seq} ${words[parent.status as keyof typeof words]}`);
  }

  #settle({ lease, attempt, ...to }: Settlement, now: number): boolean {
    const job = this.jobs.find((other) => other.seq === lease.seq);
    if (job?.status !== "running") return false;
    if (job.lease !== lease.number || job.workerId !== lease.workerId) return false;
    const killed = job.cancelRequested && to.status === "pending";
    job.status = killed ? "cancelled" : to.status;
    job.error = killed ? (to.error ?? "cancelled while it was running") : to.error;
    job.runAt = killed ? null : to.runAt;
    job.finishedAt = isOver(job) ? to.endedAt : null;
    job.workerId = null;
    job.cancelRequested = false;
    job.attempts = to.attempts;
    job.result = to.result;
    job.startedAt = to.startedAt;
    if (attempt !== null) {
      job.history.push({
        seq: job.seq,
        lease: lease.number,
        attempt: to.attempts,
        status: attempt.status,
        startedAt: to.startedAt,
        endedAt: to.endedAt,
        workerId: lease.workerId,
        error: attempt.error,
      });
    }
    this.#cancelOrphans(now);
    return true;
  }

  #changeOne(job: ModelJob, verb: ChangeVerb, now: number): Changed {
    if (verb === "cancel") {
      if (job.status !== "pending") return REFUSED;
      cancel(job, "cancelled before it ran", now);
      return { changed: true, followed: this.#cancelOrphans(now) };
    }
    if (verb === "kill") {
      if (job.status !== "running") return REFUSED;
      job.cancelRequested = true;
      return { changed: true, followed: [] };
    }
    if (!endedBadly(job) || this.#hasBrokenParent(job)) return REFUSED;
    reset(job);
    return { changed: true, followed: this.#restoreOrphans() };
  }

  /** No job may wait that has a parent for whose sake it is to be cancelled. */
  #cancelOrphans(now: number): number[] {
    const orphan = this.jobs.find((job) => job.status === "pending" && this.#hasBrokenParent(job));
    if (orphan === undefined) return [];
    cancel(orphan, null, now);
    orphan.orphaned = true;
    return [orphan.seq, ...this.#cancelOrphans(now)];
  }

  /** No job may stay cancelled for the sake of parents that are all well again. */
  #restoreOrphans(): number[] {
    const restored = this.jobs.find((job) => job.orphaned && !this.#hasBrokenParent(job));
    if (restored === undefined) return [];
    reset(restored);
    return [restored.seq, ...this.#restoreOrphans()];
  }

  #hasBrokenParent(job: ModelJob): boolean {
    return job.spec.onParentFailure === "cancel" && this.#parents(job).some(endedBadly);
  }

  #parents(job: ModelJob): ModelJob[] {
    return this.jobs.filter((parent) => job.spec.dependencies.includes(parent.spec.id));
  }

  #parentResults({ spec }: ModelJob): ParentResult[] | null {
    if (spec.dependencies.length === 0 || spec.passParentResults === false) return null;
    const resultOf = (id: string) => this.jobs.find((job) => job.spec.id === id)?.result ?? null;
    return spec.dependencies.map((id) => ({ id, result: resultOf(id) }));
  }
}

function blank(seq: number, spec: JobSpec, runAt: number | null): ModelJob {
  return {
    seq,
    spec,
    status: "pending",
    attempts: 0,
    lease: 0,
    workerId: null,
    runAt,
    error: null,
    result: null,
    startedAt: null,
    finishedAt: null,
    cancelRequested: false,
    orphaned: false,
    history: [],
  };
}

function reset(job: ModelJob): void {
  const { lease, history } = job;
  Object.assign(job, blank(job.seq, job.spec, null), { lease, history });
}

function cancel(job: ModelJob, error: string | null, now: number): void {
  Object.assign(job, { status: "cancelled", error, finishedAt: now, runAt: null });
}

function isOver(job: ModelJob): boolean {
  return job.status !== "pending" && job.status !== "running";
}

function endedBadly(job: ModelJob): boolean {
  return isOver(job) && job.status !== "completed";
}

/** Takes away those that wait for no other in the batch, until none can be taken. */
function hasCycle(specs: readonly JobSpec[]): boolean {
  const ids = new Set(specs.map((spec) => spec.id));
  const stuck = specs.filter((spec) => spec.dependencies.some((id) => ids.has(id)));
  if (stuck.length === specs.length) return specs.length > 0;
  return hasCycle(stuck);
}
