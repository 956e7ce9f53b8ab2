import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { JobInfo } from "../../src/index.js";
import { Place } from "../support/worker.js";

void test("a worker runs jobs, and stores what they return", async (t) => {
  const place = new Place(t);
  const id = await place.submit("add", { params: { a: 2, b: 3 } });
  const worker = place.worker({ until: "drain" });
  await worker.start();
  assert.equal(await place.queue.getResult(id), 5);
  assert.deepEqual(
    worker.events.map((event) => event.type),
    ["started", "begun", "ended", "stopped"],
  );
});

void test("jobs run by priority, and then in the order in which they were submitted", async (t) => {
  const place = new Place(t);
  const file = `${place.folder}/trace`;
  const jobs = [
    ["a", 0],
    ["b", -5],
    ["c", 100],
    ["d", 0],
  ] as const;
  for (const [name, priority] of jobs) {
    await place.submit("trace", { params: { file, name }, priority });
  }
  await place.worker({ until: "drain" }).start();
  const begun = readFileSync(file, "utf8").match(/(?<=begin )\w/g);
  assert.deepEqual(begun, ["c", "a", "d", "b"]);
});

void test("a job that fails is tried again, and fails for good when its attempts are used up", async (t) => {
  const place = new Place(t);
  const id = await place.submit("fail", { maxAttempts: 2 });
  await place.worker({ until: "drain" }).start();
  const job = (await place.queue.getStatus(id)) as JobInfo;
  assert.equal(job.status, "failed");
  assert.equal(job.attempts, 2);
  assert.match(job.error!, /^Error: no luck\n\s+at fail .*jobs\.mjs/);
  assert.deepEqual(
    job.executions.map(({ attempt, status }) => [attempt, status]),
    [
      [1, "failed"],
      [2, "failed"],
    ],
  );
});

void test("a retry waits for its delay, and the worker wakes up for it", async (t) => {
  const place = new Place(t);
  const file = `${place.folder}/ready`;
  const id = await place.submit("failUntil", { params: { file }, retryDelay: 0.3 });
  const worker = place.worker();
  const working = worker.start();
  await worker.heard("ended");
  const [first] = worker.of("ended");
  assert.equal(first!.status, "pending");
  assert.ok(first!.runAt !== null);
  writeFileSync(file, "");
  await place.queue.wait([id], { timeout: 30 });
  await worker.stop();
  await working;
  const job = (await place.queue.getStatus(id)) as JobInfo;
  assert.equal(job.result, "at last");
  const [one, two] = job.executions;
  assert.ok(Date.parse(two!.startedAt) - Date.parse(one!.completedAt!) >= 300);
});

void test("a job that runs past its timeout is killed, and ends as timeout", async (t) => {
  const place = new Place(t);
  const id = await place.submit("spin", { timeout: 0.2, maxAttempts: 1 });
  await place.worker({ until: "drain", abortGrace: 0.05, killGrace: 0.2 }).start();
  const job = (await place.queue.getStatus(id)) as JobInfo;
  assert.equal(job.status, "timeout");
  assert.equal(job.error, "ran past its timeout of 0.2 s");
});

void test("an idle worker notices a job at once, long before it would look by itself", async (t) => {
  const place = new Place(t);
  await place.queue.open();
  const worker = place.worker({ pollingInterval: 3600 });
  const working = worker.start();
  await worker.heard("started");
  await place.queue.wait([await place.submit("add", { params: { a: 1, b: 1 } })], { timeout: 30 });
  await worker.stop();
  await working;
});

void test("a child is given its parents' results", async (t) => {
  const place = new Place(t);
  const parents = [3, 4].map((a) => place.job("add", { params: { a, b: 0 } }));
  const child = place.job("sumOfParents", { dependencies: parents.map((job) => job.id) });
  await place.queue.submitAll([child, ...parents]);
  await place.worker({ until: "drain", concurrency: 2 }).start();
  assert.equal(await place.queue.getResult(child.id), 7);
});

void test("processOne does one job and says whether there was one", async (t) => {
  const place = new Place(t);
  await place.submit("add", { params: { a: 1, b: 1 } });
  await place.submit("add", { params: { a: 1, b: 1 } });
  const worker = place.worker();
  assert.equal(await worker.processOne(), true);
  assert.equal((await place.queue.stats()).completed, 1);
  assert.equal(await worker.processOne(), true);
  assert.equal(await worker.processOne(), false);
});

void test("the slots of a worker with several are told apart by name", async (t) => {
  const place = new Place(t);
  const file = `${place.folder}/trace`;
  for (const name of ["a", "b"]) await place.submit("trace", { params: { file, name, ms: 200 } });
  await place.worker({ until: "drain", concurrency: 2, workerId: "box" }).start();
  const jobs = (await place.queue.getStatuses([1, 2])) as JobInfo[];
  const workers = jobs.flatMap((job) => job.executions.map((run) => run.workerId));
  assert.deepEqual(workers.sort(), ["box-0", "box-1"]);
});

void test("only the named job is worked on, if one is named", async (t) => {
  const place = new Place(t);
  await place.submit("add", { params: { a: 1, b: 1 }, priority: 9 });
  await place.submit("add", { params: { a: 2, b: 2 } });
  await place.worker({ until: "drain", only: 2 }).start();
  const [first, second] = (await place.queue.getStatuses([1, 2])) as JobInfo[];
  assert.deepEqual([first!.status, second!.status], ["pending", "completed"]);
});

void test("a worker that works already refuses to work twice", async (t) => {
  const place = new Place(t);
  const worker = place.worker();
  const working = worker.start();
  await assert.rejects(worker.processOne(), { code: "usage" });
  await worker.stop();
  await working;
});

void test("a worker that may not create its database says that there is none", async (t) => {
  const place = new Place(t);
  const worker = place.worker({ initialize: false });
  await assert.rejects(worker.start(), { code: "no-queue" });
  assert.equal(existsSync(place.path), false);
});
