import {
  type AdvanceStep,
  type Claim,
  type ClaimedJob,
  type ParentResult,
  passesFilter,
} from "../../../src/index.js";
import { waitingOn } from "./family.js";
import type { Contents, Kept } from "./kept.js";

/** One ready job for each claimant, by priority and then in order of submission. */
export function claim(contents: Contents, step: AdvanceStep): Claim[] {
  const { claimants, only, filter, now } = step;
  if (claimants.length === 0 || !contents.workers.has(step.worker)) return [];
  return [...contents.jobs.values()]
    .filter(({ record }) => only === undefined || record.seq === only)
    .filter(({ record }) => filter === undefined || passesFilter(filter, record))
    .filter(({ record }) => record.status === "pending" && (record.runAt ?? now) <= now)
    .filter((kept) => waitingOn(contents, kept) === 0)
    .sort((a, b) => b.record.priority - a.record.priority || a.record.seq - b.record.seq)
    .slice(0, claimants.length)
    .map((kept, index) => give(contents, kept, step, index));
}

/** When the next delayed job is due. */
export function nextDueAt(contents: Contents, now: number): number | undefined {
  let next: number | undefined;
  for (const { record } of contents.jobs.values()) {
    if (record.status !== "pending" || record.runAt === null || record.runAt <= now) continue;
    if (next === undefined || record.runAt < next) next = record.runAt;
  }
  return next;
}

function give(contents: Contents, kept: Kept, step: AdvanceStep, index: number): Claim {
  const { worker, claimants, firstTurn, now } = step;
  const workerId = claimants[index]!;
  const { attempts, lease } = kept.record;
  contents.update(kept, {
    ...{ status: "running", workerId, startedAt: now, updatedAt: now },
    ...{ attempts: attempts + 1, lease: lease + 1, runAt: null, error: null, progress: null },
  });
  kept.workerKey = worker;
  kept.turn = firstTurn + index;
  return {
    lease: { seq: kept.record.seq, number: lease + 1, workerId },
    turn: kept.turn,
    job: claimedJob(kept),
    parentResults: parentResults(contents, kept),
  };
}

function claimedJob({ record }: Kept): ClaimedJob {
  const { seq, id, name, params, attempts, maxAttempts, timeoutMs, retryDelayMs } = record;
  const { backoff, passParentResults } = record;
  const rules = { maxAttempts, timeoutMs, retryDelayMs, backoff, passParentResults };
  return { seq, id, name, function: record.function, params, attempts, ...rules };
}

function parentResults(contents: Contents, { record }: Kept): ParentResult[] | null {
  if (record.dependencies.length === 0 || record.passParentResults === false) return null;
  return record.dependencies.map((id) => ({
    id,
    result: contents.byId(id)?.record.result ?? null,
  }));
}
