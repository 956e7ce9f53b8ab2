import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { Bench } from "./bench.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

void test("a job keeps what it was defined with", () => {
  const job = new Job({
    name: "process",
    function: "./jobs.ts#processData",
    params: { filename: "data.csv", threshold: 0.7 },
    priority: 10,
    dependencies: ["01a2015d-5c8e-7000-9e73-105f20528108"],
    maxAttempts: 5,
    timeout: 600,
    description: "the daily file",
    retryDelay: 30,
    passParentResults: true,
  });
  const { name, params, priority, dependencies, maxAttempts, timeout } = job;
  const { description, retryDelay, passParentResults } = job;
  assert.deepEqual([name, params], ["process", { filename: "data.csv", threshold: 0.7 }]);
  assert.deepEqual([priority, dependencies.length, maxAttempts, timeout], [10, 1, 5, 600]);
  assert.deepEqual([description, retryDelay, passParentResults], ["the daily file", 30, true]);
  assert.match(job.function, /jobs\.ts#processData$/);
});

void test("what is left out has GigQ's defaults; the name is that of the export", () => {
  const job = new Job({ function: "./jobs.ts#processData" });
  const { name, params, priority, dependencies, maxAttempts, timeout } = job;
  const { description, retryDelay, passParentResults } = job;
  assert.deepEqual([name, params, priority, dependencies], ["processData", {}, 0, []]);
  assert.deepEqual([maxAttempts, timeout, description, retryDelay], [3, 300, "", 0]);
  assert.equal(passParentResults, undefined);
});

void test("a job has an id of its own and a time before it is submitted, and submit answers that id", async (t) => {
  const bench = new Bench(t);
  const [job, other] = [bench.job("add"), bench.job("add")];
  assert.match(job.id, UUID);
  assert.notEqual(job.id, other.id);
  assert.equal(new Date(job.createdAt).toISOString(), job.createdAt);
  assert.equal(await bench.queue.submit(job), job.id);
});

void test("a function is given the params and may be asynchronous; its result comes back as JSON", async (t) => {
  const bench = new Bench(t);
  const params = { list: [1, "zwei", null, true], deep: { er: { yet: 0.5 } } };
  const ids = [await bench.submit("echo", { params }), await bench.submit("nothing")];
  await bench.drain();
  assert.deepEqual(await bench.queue.getResult(ids[0]!), params);
  assert.equal(await bench.queue.getResult(ids[1]!), null);
});

void test("higher priorities run first, below zero last, and equals in the order of their submission", async (t) => {
  const bench = new Bench(t);
  const file = bench.file("notes");
  for (const [name, priority] of [
    ["normal", 0],
    ["background", -10],
    ["urgent", 100],
    ["normal too", 0],
  ] as const) {
    await bench.submit("note", { params: { file, name }, priority });
  }
  await bench.drain();
  const order = readFileSync(file, "utf8").trim().split("\n");
  assert.deepEqual(order, ["urgent", "normal", "normal too", "background"]);
});

void test("a job that exceeds its timeout is tried again while attempts are left, and then is timeout", async (t) => {
  const bench = new Bench(t);
  const params = { begun: bench.file("begun"), go: bench.file("go") };
  const id = await bench.submit("hold", { params, timeout: 0.05, maxAttempts: 2 });
  const worker = bench.worker();
  assert.equal(await worker.processOne(), true);
  const { status, attempts, error } = await bench.info(id);
  assert.deepEqual([status, attempts], ["pending", 1]);
  assert.equal(error, "ran past its timeout of 0.05 s");
  assert.equal(await worker.processOne(), true);
  const job = await bench.info(id);
  assert.deepEqual([job.status, job.attempts, job.result], ["timeout", 2, null]);
  assert.deepEqual(
    job.executions.map((run) => run.status),
    ["timeout", "timeout"],
  );
});

void test("a job that throws is pending again while attempts are left, and fails with the last of them", async (t) => {
  const bench = new Bench(t);
  const id = await bench.submit("fail", { maxAttempts: 2, params: { message: "bad input" } });
  const worker = bench.worker();
  await worker.processOne();
  const again = await bench.info(id);
  assert.deepEqual([again.status, again.attempts], ["pending", 1]);
  assert.match(again.error!, /^Error: bad input\n +at fail /);
  await worker.processOne();
  const { status, attempts, error, completedAt, executions } = await bench.info(id);
  assert.deepEqual([status, attempts, executions.length], ["failed", 2, 2]);
  assert.match(error!, /bad input/);
  assert.equal(executions[1]!.error, error);
  assert.equal(executions[1]!.completedAt, completedAt);
});

void test("a job with one attempt is not tried again, and one that recovers completes without an error", async (t) => {
  const bench = new Bench(t);
  const once = await bench.submit("fail", { maxAttempts: 1 });
  const twice = await bench.submit("stumble");
  await bench.drain();
  const failed = await bench.info(once);
  assert.deepEqual([failed.status, failed.attempts], ["failed", 1]);
  const { status, attempts, result, error } = await bench.info(twice);
  assert.deepEqual([status, attempts, result, error], ["completed", 2, 2, null]);
});

void test("retryDelay keeps a failed job from being taken until it has passed, each time", async (t) => {
  const bench = new Bench(t);
  const id = await bench.submit("fail", { retryDelay: 60, maxAttempts: 3 });
  const worker = bench.worker();
  for (const attempt of [1, 2]) {
    assert.equal(await worker.processOne(), true);
    assert.equal(await worker.processOne(), false);
    const { status, attempts, runAt, executions } = await bench.info(id);
    assert.deepEqual([status, attempts], ["pending", attempt]);
    assert.equal(Date.parse(runAt!) - Date.parse(executions.at(-1)!.completedAt!), 60_000);
    bench.clock.move(60);
  }
  assert.equal(await worker.processOne(), true);
  assert.equal((await bench.info(id)).status, "failed");
});

void test("without a retryDelay a failed job may be taken at once", async (t) => {
  const bench = new Bench(t);
  const file = bench.file("ready");
  const id = await bench.submit("failUntil", { params: { file } });
  const worker = bench.worker();
  await worker.processOne();
  assert.equal((await bench.info(id)).runAt, null);
  writeFileSync(file, "");
  await worker.processOne();
  assert.equal(await bench.queue.getResult(id), "at last");
});

void test("a job runs only after all that it depends on have completed", async (t) => {
  const bench = new Bench(t);
  const [one, two] = [await bench.submit("add"), await bench.submit("add")];
  const child = await bench.submit("echo", { dependencies: [one, two], priority: 100 });
  const worker = bench.worker();
  const standing = async () => {
    const { status, waitingOn } = await bench.info(child);
    return [status, waitingOn];
  };
  assert.deepEqual(await standing(), ["pending", 2]);
  await worker.processOne();
  assert.deepEqual(await standing(), ["pending", 1]);
  await worker.processOne();
  assert.deepEqual(await standing(), ["pending", 0]);
  await worker.processOne();
  assert.deepEqual(await standing(), ["completed", 0]);
});

void test("a function that cannot be imported is a failed attempt, and the worker goes on", async (t) => {
  const bench = new Bench(t);
  const id = await bench.submit("missing", { maxAttempts: 1 });
  const next = await bench.submit("add", { params: { a: 1, b: 1 } });
  await bench.drain();
  const { status, error } = await bench.info(id);
  assert.equal(status, "failed");
  assert.match(error!, /has no export "missing"\. It exports: add, /);
  assert.equal(await bench.queue.getResult(next), 2);
});

void test("Job can be subclassed for one kind of work", async (t) => {
  const bench = new Bench(t);
  class Sum extends Job {
    readonly a: number;
    constructor(a: number, b: number) {
      super({ function: bench.job("add").function, params: { a, b }, name: "sum", maxAttempts: 1 });
      this.a = a;
    }
  }
  const sum = new Sum(2, 3);
  assert.equal(sum.a, 2);
  await bench.queue.submit(sum);
  await bench.drain();
  assert.equal(await bench.queue.getResult(sum.id), 5);
});
