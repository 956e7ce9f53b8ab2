import { passesFilter } from "../job/job-filter.js";
import { loadFailureOf } from "../job/load-failure.js";
import type { WorkerInfo } from "./list-workers.js";
import type { NamedJob, Reason } from "./reason.js";
import { toRequeue } from "./to-requeue.js";
import type { WhyFacts } from "./why-facts.js";
import { parentReasons } from "./why-parents.js";

/** Every reason why a job is not running, or what it is doing; decided from the facts alone. */
export function reasonsOf(facts: WhyFacts): Reason[] {
  const { status } = facts.job;
  if (status === "running") return whileRunning(facts);
  if (status === "pending") return whilePending(facts);
  return afterTheEnd(facts);
}

function whileRunning({ job, workers }: WhyFacts): Reason[] {
  const { attempts: attempt, maxAttempts, seq } = job;
  const slot = job.workerId!;
  const worker = workers.find(({ jobs }) => jobs.some((held) => held.seq === seq));
  const isDead = worker?.state === "dead";
  const sameSlot = (worker?.jobs ?? []).filter((held) => held.slot === slot);
  const before = Math.max(
    0,
    sameSlot.findIndex((held) => held.seq === seq),
  );
  const reasons: Reason[] = [];
  if (isDead) {
    reasons.push({ type: "worker-dead", workerId: worker.workerId, host: worker.host });
    if (!workers.some(isAlive)) reasons.push({ type: "no-worker" });
  } else if (before > 0) {
    reasons.push({ type: "next-in-slot", slot, before });
  } else {
    reasons.push({ type: "running", slot, since: iso(job.startedAt!), attempt, maxAttempts });
  }
  if (job.cancelRequested) {
    reasons.push({ type: "being-killed", workerId: worker?.workerId ?? slot });
  }
  return reasons;
}

function afterTheEnd({ job, causes }: WhyFacts): Reason[] {
  const at = iso(job.finishedAt!);
  const { status, error, attempts } = job;
  if (status !== "failed" && status !== "timeout" && status !== "cancelled") {
    return [{ type: "completed", at }];
  }
  const requeue = named(toRequeue(job, causes));
  const ended: Reason = { type: "ended", status, at, attempts, error, requeue };
  const module = error === null ? undefined : loadFailureOf(error);
  return module === undefined ? [ended] : [ended, { type: "load-failed", module, error: error! }];
}

function whilePending(facts: WhyFacts): Reason[] {
  const { job, now } = facts;
  const reasons: Reason[] = [...parentReasons(facts)];
  const isDelayed = job.runAt !== null && job.runAt > now;
  if (isDelayed) {
    const cause = job.attempts > 0 ? "retry" : "run-at";
    reasons.push({ type: "delayed", until: iso(job.runAt), cause });
  }
  const isReady = reasons.length === 0;
  reasons.push(...afterAnAttempt(facts), ...(isReady ? aheadOf(facts) : []));
  return [...reasons, ...forWorkers(facts, isReady)];
}

function afterAnAttempt({ job, lastAttempt }: WhyFacts): Reason[] {
  const error = lastAttempt?.error;
  const { attempts, maxAttempts } = job;
  // After a requeue, what was before does not count.
  if (attempts === 0 || error === null || error === undefined) return [];
  const module = loadFailureOf(error);
  if (module !== undefined) return [{ type: "load-failed", module, error }];
  return [{ type: "attempt-failed", attempts, maxAttempts, error }];
}

function aheadOf({ ahead: { higher, earlier }, countedTo, job, workers }: WhyFacts): Reason[] {
  const takers = takersOf(job, workers);
  // Where all who take it go by names, those before it may be left alone.
  if (takers.length > 0 && takers.every(goesByNames)) return [];
  const atLeast = higher >= countedTo || earlier >= countedTo;
  return higher + earlier === 0 ? [] : [{ type: "behind", higher, earlier, atLeast }];
}

/** What the workers have to do with it: that nobody would take it is said of any job. */
function forWorkers({ job, workers, ahead }: WhyFacts, isReady: boolean): Reason[] {
  const alive = workers.filter(isAlive);
  if (alive.length === 0) return [{ type: "no-worker" }];
  const takers = takersOf(job, workers);
  if (takers.length === 0) {
    const decliners = alive.map(({ workerId, minPriority, names }) => ({
      workerId,
      minPriority,
      names,
    }));
    return [{ type: "not-taken", workers: decliners }];
  }
  if (!isReady) return [];
  const free = takers.filter((worker) => freeSlots(worker) > 0);
  if (free.length === 0) {
    const slots = takers.reduce((sum, { concurrency }) => sum + concurrency, 0);
    return [{ type: "all-busy", workers: takers.length, slots }];
  }
  const room = free.reduce((sum, worker) => sum + freeSlots(worker), 0);
  // Those that come first have at least its priority: a worker that takes it may only mind their names.
  const isNext = free.some(goesByNames) || ahead.higher + ahead.earlier < room;
  return isNext ? [{ type: "about-to-start" }] : [];
}

function takersOf(job: WhyFacts["job"], workers: readonly WorkerInfo[]): WorkerInfo[] {
  return workers.filter((worker) => isAlive(worker) && passesFilter(worker, job));
}

function goesByNames({ names }: WorkerInfo): boolean {
  return names !== null;
}

function freeSlots({ concurrency, jobs }: WorkerInfo): number {
  return concurrency - new Set(jobs.map(({ slot }) => slot)).size;
}

function isAlive({ state }: WorkerInfo): boolean {
  return state === "alive";
}

function named({ id, seq, name }: NamedJob): NamedJob {
  return { id, seq, name };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
