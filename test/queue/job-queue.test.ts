import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { closeConnections, Job, type JobInfo, JobQueue } from "../../src/index.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { Place } from "../support/worker.js";

void test("everything about a job can be asked for, in the units in which it was said", async (t) => {
  const place = new Place(t);
  const parent = await place.submit("add");
  const job = place.job("add", {
    name: "sum",
    params: { a: 1, b: [2, "ü", null] },
    priority: 7,
    maxAttempts: 5,
    timeout: 90,
    retryDelay: 1.5,
    backoff: "exponential",
    description: "adds",
    dependencies: [parent],
  });
  assert.equal(await place.queue.submit(job), job.id);
  const { createdAt, updatedAt, ...status } = (await place.queue.getStatus(job.id)) as JobInfo;
  assert.equal(createdAt, updatedAt);
  assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(status, {
    exists: true,
    id: job.id,
    seq: 2,
    name: "sum",
    function: job.spec.function,
    status: "pending",
    params: { a: 1, b: [2, "ü", null] },
    result: null,
    error: null,
    priority: 7,
    attempts: 0,
    maxAttempts: 5,
    timeout: 90,
    retryDelay: 1.5,
    backoff: "exponential",
    onParentFailure: "cancel",
    dependencies: [parent],
    waitingOn: 1,
    description: "adds",
    runAt: null,
    startedAt: null,
    completedAt: null,
    progress: null,
    workerId: null,
    executions: [],
  });
  assert.deepEqual(await place.queue.getStatus(2), await place.queue.getStatus(job.id));
});

void test("an id that is not known does not exist, has no result, and cannot be changed", async (t) => {
  const { queue } = new Place(t);
  assert.deepEqual(await queue.getStatus("nobody"), { exists: false });
  assert.equal(await queue.cancel("nobody"), false);
  assert.equal(await queue.requeueJob(4711), false);
  await assert.rejects(queue.getResult("nobody"), { code: "unknown-job" });
  await assert.rejects(queue.wait([4711]), { code: "unknown-job" });
  await assert.rejects(queue.cancelAll([4711]), { code: "unknown-job" });
});

void test("a result is undefined until there is one, also when the function returned nothing", async (t) => {
  const place = new Place(t);
  const id = await place.submit("untilStopped");
  assert.equal(await place.queue.getResult(id), undefined);
  const done = await place.submit("add", { params: { a: null }, priority: 1 });
  await place.worker({ until: "once" }).start();
  assert.equal(await place.queue.getResult(done), null);
});

void test("what is bad about one of many jobs keeps all of them out", async (t) => {
  const place = new Place(t);
  const jobs = [place.job("add"), place.job("add", { dependencies: ["nobody"] })];
  await assert.rejects(place.queue.submitAll(jobs), { code: "unknown-parent" });
  assert.equal((await place.queue.stats()).total, 0);
});

void test("cancel and requeue answer whether they changed anything", async (t) => {
  const place = new Place(t);
  const id = await place.submit("add");
  assert.equal(await place.queue.requeueJob(id), false);
  assert.equal(await place.queue.cancel(id), true);
  assert.equal(await place.queue.cancel(id), false);
  assert.equal(await place.queue.requeueJob(id), true);
});

void test("what depends on a job that is over is cancelled with it, and that is a change", async (t) => {
  const place = new Place(t);
  const parent = await place.submit("add");
  const child = await place.submit("add", { dependencies: [parent], onParentFailure: "wait" });
  await place.queue.cancel(parent);
  assert.equal(await place.queue.cancel(parent), false);
  assert.equal(await place.queue.cancel(parent, { downstream: true }), true);
  assert.equal(await place.queue.cancel(parent, { downstream: true }), false);
  const results = await place.queue.requeueAll([child, parent]);
  assert.deepEqual(
    results.map(({ job, changed, followed }) => [job.seq, changed, followed]),
    [
      [2, true, 0],
      [1, true, 0],
    ],
  );
});

void test("clearCompleted answers how many jobs it removed", async (t) => {
  const place = new Place(t);
  const [first] = [await place.submit("add"), await place.submit("add")];
  await place.queue.cancel(first!);
  assert.equal(await place.queue.clearCompleted("2020-01-01T00:00:00Z"), 0);
  assert.equal(await place.queue.clearCompleted(), 1);
  assert.equal((await place.queue.stats()).total, 1);
});

void test("waiting ends with the last job, by an abort, or by its timeout", async (t) => {
  const place = new Place(t);
  const id = await place.submit("add");
  await assert.rejects(place.queue.wait([id], { timeout: 0.05 }), { code: "wait-timeout" });
  const abort = new AbortController();
  const waiting = place.queue.wait([id], { signal: abort.signal });
  abort.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  const ended = place.queue.wait([id]);
  await place.queue.cancel(id);
  assert.equal((await ended)[0]!.status, "cancelled");
});

void test("initialize: false refuses a database that is not there, and creates none", async (t) => {
  const path = `${temporaryFolder(t)}/gigq.db`;
  const queue = new JobQueue(path, { initialize: false });
  await assert.rejects(queue.stats(), { code: "no-queue" });
  assert.equal(existsSync(path), false);
});

void test("a queue opens again after it was closed", async (t) => {
  const place = new Place(t);
  await place.submit("add");
  await place.queue.close();
  await closeConnections();
  assert.equal((await place.queue.stats()).pending, 1);
});

void test("Job can be extended for jobs of one's own kind", async (t) => {
  class Sum extends Job {
    constructor(a: number, b: number) {
      super({ function: "./jobs.mjs#add", params: { a, b }, priority: 3 });
    }
  }
  const place = new Place(t);
  const job = new Sum(1, 2);
  await place.queue.submit(job);
  const status = (await place.queue.getStatus(job.id)) as JobInfo;
  assert.deepEqual([status.name, status.params, status.priority], ["add", { a: 1, b: 2 }, 3]);
});
