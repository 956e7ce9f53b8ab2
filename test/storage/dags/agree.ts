import assert from "node:assert/strict";
import type { JobRecord } from "../../../src/job/job.js";
import { JOB_STATUSES } from "../../../src/job/lifecycle.js";
import type { AttemptRecord, Storage } from "../../../src/storage/storage.js";
import { type Fate, isOrphan, type Oracle, waitingOn } from "./oracle.js";

/** Everything that is stored is as the oracle says. */
export async function agree(storage: Storage, oracle: Oracle, now: number): Promise<void> {
  const { jobs } = oracle;
  const stored = (await storage.list({ limit: 100_000 })).reverse();
  assert.deepEqual(
    stored.map((job) => job.seq),
    jobs.map((job) => job.seq),
  );
  for (const [index, job] of jobs.entries()) sameJob(stored[index]!, job, now);
  sameHistory(await storage.attempts(stored.map((job) => job.seq)), jobs);
  await sameCounts(storage, jobs, now);
}

/** Compared one by one: to compare thousands of objects at once takes longer than all the rest. */
function sameJob(stored: JobRecord, job: Fate, now: number): void {
  const expected = expectedOf(job, stored, now);
  const seen = { ...stored, runAt: ahead(stored.runAt, now) };
  for (const key of Object.keys(expected) as (keyof typeof expected)[]) {
    if (seen[key] === expected[key]) continue;
    const what = { ...expected, is: seen[key], parents: job.parents.map(short) };
    assert.fail(
      `#${job.seq} has ${key} ${seen[key]}, not ${expected[key]}: ${JSON.stringify(what)}`,
    );
  }
}

function expectedOf(job: Fate, stored: JobRecord, now: number) {
  const { status, attempts, lease, workerId, result, startedAt, finishedAt } = job;
  const state = { status, attempts, lease, workerId, result, startedAt, finishedAt };
  const [waits, runAt] = [waitingOn(job), ahead(job.runAt, now)];
  return {
    ...state,
    waitingOn: waits,
    runAt,
    cancelRequested: job.killAsked,
    error: errorOf(job, stored),
  };
}

/** Which of several parents is blamed is not laid down; but the blame stays while it is right. */
function errorOf(job: Fate, stored: JobRecord): string | null {
  if (!isOrphan(job)) return job.error;
  const named = job.blamed.find((parent) => reason(parent) === stored.error);
  if (named !== undefined) job.blamed = [named];
  return job.blamed.length > 0 ? reason(job.blamed[0]!) : "the name of a parent";
}

function reason({ seq, status }: Fate): string {
  if (status === "failed") return `parent #${seq} failed`;
  return `parent #${seq} ${status === "timeout" ? "timed out" : "was cancelled"}`;
}

function sameHistory(stored: readonly AttemptRecord[], jobs: readonly Fate[]): void {
  const told = stored.map(({ seq, lease, attempt, status, error }) =>
    [seq, lease, attempt, status, error].join(),
  );
  const expected = jobs.flatMap(({ seq, history }) =>
    history.map(({ lease, attempt, status, error }) => [seq, lease, attempt, status, error].join()),
  );
  if (told.join("\n") !== expected.join("\n")) assert.deepEqual(told, expected);
}

async function sameCounts(storage: Storage, jobs: readonly Fate[], now: number): Promise<void> {
  const { delayed, blocked, ...byStatus } = await storage.counts();
  const expected = JOB_STATUSES.map((status) => [
    status,
    jobs.filter((job) => job.status === status).length,
  ]);
  assert.deepEqual(byStatus, Object.fromEntries(expected));
  assert.equal(blocked, jobs.filter((job) => waitingOn(job) > 0).length);
  // A time that has come counts until somebody has claimed after it.
  const timed = jobs.filter((job) => job.status === "pending" && job.runAt !== null);
  const ahead = timed.filter((job) => job.runAt! > now).length;
  assert.ok(ahead <= delayed && delayed <= timed.length, `${delayed} are said to be delayed`);
}

function ahead(runAt: number | null, now: number): number | null {
  return runAt !== null && runAt > now ? runAt : null;
}

function short({ seq, status }: Fate): string {
  return `#${seq} ${status}`;
}
