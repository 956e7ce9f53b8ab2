import type { JobSpec, Lease, ParentResult } from "../../../src/job/job.js";
import { type JobStatus, retryDelay } from "../../../src/job/lifecycle.js";
import type { Outcome } from "../../../src/job/outcome.js";
import type { RemoveQuery } from "../../../src/storage/removal.js";
import type { AdvanceStep, Change, ChangeVerb } from "../../../src/storage/storage.js";

/** A job, and what has happened to it for its own part. */
export interface Fate {
  readonly seq: number;
  readonly spec: JobSpec;
  /** Those that were not removed, in the order of the dependencies. */
  parents: readonly Fate[];
  /** `pending` as long as nothing was done to it: what its parents do to it is worked out. */
  own: JobStatus;
  /** What it is, its parents taken into account. */
  status: JobStatus;
  attempts: number;
  lease: number;
  workerId: string | null;
  worker: string | null;
  turn: number;
  runAt: number | null;
  error: string | null;
  result: string | null;
  startedAt: number | null;
  finishedAt: number | null;
  killAsked: boolean;
  history: { lease: number; attempt: number; status: string; error: string | null }[];
  /** Parents of which its error names one, while it is cancelled for a parent's sake. */
  blamed: readonly Fate[];
}

/** How an attempt ended, as its worker tells it. */
export interface Told {
  readonly lease: Lease;
  readonly outcome: Outcome;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What becomes of what a worker tells. */
export type Settling = "stored" | "overruled" | "stale";

/** What a worker says when it asks for jobs. */
export type Given = Pick<AdvanceStep, "worker" | "firstTurn" | "only" | "now">;

/**
 * Says what must be, by the rules of docs/lifecycle.md. After each event the state of every job is
 * worked out anew, from what was done to each and from its parents; nothing is counted up or down.
 */
export class Oracle {
  readonly #byId = new Map<string, Fate>();
  readonly #bySeq = new Map<number, Fate>();
  /** Parents before their children. */
  #order: readonly Fate[] = [];
  #lastSeq = 0;

  /** In the order of their numbers. */
  get jobs(): Fate[] {
    return [...this.#bySeq.values()];
  }

  job(seq: number): Fate | undefined {
    return this.#bySeq.get(seq);
  }

  insert(specs: readonly JobSpec[], now: number): number[] {
    const fates = specs.map((spec) => blank(++this.#lastSeq, spec));
    for (const fate of fates) {
      this.#byId.set(fate.spec.id, fate);
      this.#bySeq.set(fate.seq, fate);
    }
    for (const fate of fates)
      fate.parents = fate.spec.dependencies.map((id) => this.#byId.get(id)!);
    this.#order = parentsFirst(this.jobs);
    this.#judge(now);
    return fates.map((fate) => fate.seq);
  }

  /** Overruled when it would go on, and somebody wants it killed. */
  settle({ lease, outcome, startedAt, endedAt }: Told, now: number): Settling {
    const job = this.#bySeq.get(lease.seq);
    if (job?.status !== "running" || !this.holds(lease)) return "stale";
    const error = errorOf(outcome, job.spec);
    const again = ["failed", "timeout", "lost"].includes(outcome.type) && mayTryAgain(job);
    const released = outcome.type === "released";
    const goesOn = (again || released) && !job.killAsked;
    if (released) job.attempts -= 1;
    else job.history.push({ lease: job.lease, attempt: job.attempts, status: outcome.type, error });
    job.own = goesOn ? "pending" : again || released ? "cancelled" : endOf(outcome);
    job.error = error ?? (released && job.killAsked ? "cancelled while it was running" : null);
    const delayMs = again && goesOn ? delayOf(job) : 0;
    job.runAt = delayMs > 0 ? endedAt + delayMs : null;
    job.result = outcome.type === "completed" ? outcome.result : null;
    job.startedAt = startedAt;
    job.finishedAt = goesOn ? null : endedAt;
    job.workerId = null;
    job.worker = null;
    job.killAsked = false;
    this.#judge(now);
    return (again || released) && !goesOn ? "overruled" : "stored";
  }

  /** When the next job is due that waits for its time. */
  nextDueAt(now: number): number | undefined {
    const delayed = this.jobs.filter((job) => job.status === "pending");
    const times = delayed.flatMap(({ runAt }) => (runAt !== null && runAt > now ? runAt : []));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** The jobs that may run now, in the order in which they are to be claimed. */
  ready(now: number): Fate[] {
    return this.jobs
      .filter((job) => job.status === "pending" && waitingOn(job) === 0)
      .filter((job) => job.runAt === null || job.runAt <= now)
      .sort((a, b) => b.spec.priority - a.spec.priority || a.seq - b.seq);
  }

  holds(lease: Lease): boolean {
    const job = this.#bySeq.get(lease.seq);
    return job?.lease === lease.number && job.workerId === lease.workerId;
  }

  /** What the function is given of its parents; a parent that is gone has left nothing. */
  parentResults({ spec }: Fate): ParentResult[] | null {
    if (spec.dependencies.length === 0 || spec.passParentResults === false) return null;
    return spec.dependencies.map((id) => ({ id, result: this.#byId.get(id)?.result ?? null }));
  }

  /** The next that may run go to these slots of a worker. */
  claim(slots: readonly string[], given: Given): Fate[] {
    const { worker, firstTurn, only, now } = given;
    const ready = this.ready(now).filter((job) => job.seq === (only ?? job.seq));
    const claimed = ready.slice(0, slots.length);
    for (const [index, job] of claimed.entries()) {
      Object.assign(job, { own: "running", workerId: slots[index], worker, startedAt: now });
      Object.assign(job, { turn: firstTurn + index, error: null, runAt: null });
      job.attempts += 1;
      job.lease += 1;
    }
    this.#judge(now);
    return claimed;
  }

  /** Who changed for the sake of another that was named counts as changed, and once. */
  change(seqs: readonly number[], verb: ChangeVerb, now: number): Change[] {
    const results = seqs.map((seq) => this.#change(seq, verb, now));
    const all = new Set(results.flatMap(({ followed }) => followed));
    return results.map(({ changed, followed }, index) => {
      const others = followed.filter((seq) => !seqs.includes(seq));
      const seq = seqs[index]!;
      return { seq, changed: changed || all.has(seq), followed: others.length };
    });
  }

  #change(seq: number, verb: ChangeVerb, now: number): { changed: boolean; followed: number[] } {
    const job = this.#bySeq.get(seq);
    if (job === undefined || !mayChange(job, verb)) return { changed: false, followed: [] };
    if (verb === "kill") job.killAsked = true;
    if (verb === "requeue") begin(job);
    if (verb === "cancel") {
      Object.assign(job, { own: "cancelled", runAt: null, finishedAt: now });
      job.error = "cancelled before it ran";
    }
    const followed = this.#judge(now);
    const others = followed.filter((other) => other !== job);
    return { changed: true, followed: others.map((other) => other.seq) };
  }

  remove({ status, before, below, limit, dryRun }: RemoveQuery): {
    removed: number;
    kept: number;
    next: number | undefined;
  } {
    const found = this.jobs
      .filter((job) => job.status === status && job.seq < (below ?? Infinity))
      .filter((job) => job.finishedAt! < (before ?? Infinity))
      .sort((a, b) => b.seq - a.seq)
      .slice(0, limit);
    const gone = new Set<Fate>();
    for (const job of found) {
      const left = this.jobs.filter((other) => !gone.has(other));
      if (!left.some((child) => child.parents.includes(job) && needs(child, job))) gone.add(job);
    }
    if (!dryRun) this.#forget(gone);
    const next = found.length < limit ? undefined : found.at(-1)?.seq;
    return { removed: gone.size, kept: found.length - gone.size, next };
  }

  #forget(gone: ReadonlySet<Fate>): void {
    for (const job of gone) {
      this.#byId.delete(job.spec.id);
      this.#bySeq.delete(job.seq);
    }
    this.#order = this.#order.filter((job) => !gone.has(job));
    for (const job of this.#order) {
      if (!job.parents.some((parent) => gone.has(parent))) continue;
      job.parents = job.parents.filter((parent) => !gone.has(parent));
    }
  }

  /**
   * Works out the status of every job, parents before their children. Answers those that were
   * cancelled for a parent's sake just now, or are so no longer.
   */
  #judge(now: number): Fate[] {
    const followed: Fate[] = [];
    for (const job of this.#order) {
      const was = job.status;
      const orphaned = isOrphan(job);
      job.status = orphaned ? "cancelled" : job.own;
      if (orphaned && was !== "cancelled") {
        Object.assign(job, { runAt: null, finishedAt: now, blamed: job.parents.filter(isBad) });
        followed.push(job);
      } else if (orphaned) {
        if (!job.blamed.every(isBad)) job.blamed = job.parents.filter(isBad);
      } else if (job.own === "pending" && was === "cancelled") {
        begin(job);
        followed.push(job);
      }
    }
    return followed;
  }
}

/** How many of its parents a job waits for. */
export function waitingOn(job: Fate): number {
  if (job.status !== "pending") return 0;
  const runs = job.spec.onParentFailure === "run";
  return job.parents.filter((parent) => parent.status !== "completed" && !(runs && isBad(parent)))
    .length;
}

export function isOrphan(job: Fate): boolean {
  return job.own === "pending" && hasLostParent(job);
}

export function isBad({ status }: Fate): boolean {
  return status === "failed" || status === "timeout" || status === "cancelled";
}

function hasLostParent(job: Fate): boolean {
  return job.spec.onParentFailure === "cancel" && job.parents.some(isBad);
}

function mayChange(job: Fate, verb: ChangeVerb): boolean {
  if (verb === "cancel") return job.status === "pending";
  if (verb === "kill") return job.status === "running";
  return isBad(job) && !hasLostParent(job);
}

/** A finished parent stays for a child that is to run, or that may be requeued and would ask. */
function needs(child: Fate, parent: Fate): boolean {
  if (child.status === "pending" || child.status === "running") return true;
  return parent.status !== "completed" && child.status !== "completed";
}

function mayTryAgain(job: Fate): boolean {
  return job.attempts < job.spec.maxAttempts;
}

function delayOf({ seq, attempts, spec }: Fate): number {
  return spec.backoff === "fixed" ? spec.retryDelayMs : retryDelay({ seq, attempts, ...spec });
}

function endOf(outcome: Outcome): JobStatus {
  if (outcome.type === "lost") return "failed";
  return outcome.type === "released" ? "pending" : outcome.type;
}

function errorOf(outcome: Outcome, { timeoutMs }: JobSpec): string | null {
  if (outcome.type === "timeout") return `ran past its timeout of ${timeoutMs! / 1000} s`;
  if (outcome.type === "cancelled") return "cancelled while it was running";
  return outcome.type === "failed" || outcome.type === "lost" ? outcome.error : null;
}

/** As if nothing had happened to it, but for its history and its leases. */
function begin(job: Fate): void {
  Object.assign(job, { own: "pending", status: "pending", attempts: 0, runAt: null });
  Object.assign(job, { error: null, result: null, startedAt: null, finishedAt: null, blamed: [] });
}

function blank(seq: number, spec: JobSpec): Fate {
  return {
    seq,
    spec,
    parents: [],
    own: "pending",
    status: "pending",
    attempts: 0,
    lease: 0,
    workerId: null,
    worker: null,
    turn: 0,
    runAt: spec.runAt,
    error: null,
    result: null,
    startedAt: null,
    finishedAt: null,
    killAsked: false,
    history: [],
    blamed: [],
  };
}

/** Takes those whose parents were all taken, until all are. */
function parentsFirst(jobs: readonly Fate[]): Fate[] {
  const order = new Set<Fate>();
  for (let left = jobs; left.length > 0; ) {
    const later: Fate[] = [];
    for (const job of left) {
      if (job.parents.every((parent) => order.has(parent))) order.add(job);
      else later.push(job);
    }
    // A chain that was submitted children first would take as many rounds as it is long.
    left = later.reverse();
  }
  return [...order];
}
