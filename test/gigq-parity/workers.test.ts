import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Worker } from "../../src/index.js";
import { Desk } from "../cli/desk.js";
import { said } from "../support/gigq.js";
import { gone } from "../support/processes.js";
import { Bench } from "./bench.js";

void test("a worker has the id it is given, or one of its own", () => {
  const ids = [{ workerId: "worker-batch" }, {}, {}].map(
    (options) => new Worker("jobs.db", { pollingInterval: 2, ...options }).workerId,
  );
  assert.equal(ids[0], "worker-batch");
  assert.equal(new Set(ids).size, 3);
  assert.ok(!existsSync("jobs.db"), "nothing is opened before there is something to do");
});

void test("a concurrency below one is refused where the worker is made", () => {
  for (const concurrency of [0, -1, 1.5]) {
    assert.throws(() => new Worker("jobs.db", { concurrency }), { code: "usage" });
  }
  assert.ok(new Worker("jobs.db", { concurrency: 16 }));
});

void test("processOne is true for a job, failed ones too, and false when none is ready", async (t) => {
  const bench = new Bench(t);
  const worker = bench.worker();
  assert.equal(await worker.processOne(), false);
  const parent = await bench.submit("fail", { maxAttempts: 1 });
  await bench.submit("add", { dependencies: [parent], onParentFailure: "wait" });
  await bench.submit("add", { runAt: "2100-01-01T00:00:00Z" });
  assert.equal(await worker.processOne(), true);
  assert.equal(await worker.processOne(), false);
  assert.equal((await bench.queue.stats()).pending, 2);
});

void test("start works until stop, which lets the job in hand finish and takes no other", async (t) => {
  const bench = new Bench(t);
  const worker = bench.worker();
  const { id, working, letGo } = await bench.held(worker);
  const next = await bench.submit("add");
  const stopping = worker.stop();
  letGo();
  await Promise.all([stopping, working]);
  assert.equal(await bench.queue.getResult(id), "let go");
  const { status, attempts } = await bench.info(next);
  assert.deepEqual([status, attempts], ["pending", 0]);
});

void test("a worker that was closed may be closed again, and stopping one that does not work is nothing", async (t) => {
  const worker = new Bench(t).worker();
  await worker.stop();
  await worker.close();
  await worker.close();
});

void test("with concurrency two jobs run at the same time, and without it they do not", async (t) => {
  const bench = new Bench(t);
  const [one, two] = [bench.file("one"), bench.file("two")];
  const pair = (rules: object) => [
    bench.job("meet", { ...rules, params: { mine: one, theirs: two } }),
    bench.job("meet", { ...rules, params: { mine: two, theirs: one } }),
  ];
  const alone = await bench.submit("meet", {
    params: { mine: bench.file("alone"), theirs: bench.file("nobody") },
    maxAttempts: 1,
    timeout: 0.05,
  });
  await bench.submit("meet", {
    params: { mine: bench.file("nobody"), theirs: bench.file("alone") },
  });
  await bench.worker().processOne();
  assert.equal((await bench.info(alone)).status, "timeout");
  await bench.queue.cancel(2);
  const ids = await bench.queue.submitAll(pair({}));
  await bench.drain({ concurrency: 2, isolation: "process" });
  for (const id of ids) assert.equal(await bench.queue.getResult(id), "met");
});

void test("slots are called <id>-0, <id>-1 and so on, and a single one as its worker", async (t) => {
  const bench = new Bench(t);
  const [one, two] = [bench.file("one"), bench.file("two")];
  const ids = await bench.queue.submitAll([
    bench.job("meet", { params: { mine: one, theirs: two } }),
    bench.job("meet", { params: { mine: two, theirs: one } }),
  ]);
  await bench.drain({ concurrency: 2, workerId: "worker-abc" });
  const single = await bench.submit("add");
  await bench.drain({ workerId: "worker-abc" });
  const slots = [];
  for (const id of [...ids, single]) slots.push((await bench.info(id)).executions[0]!.workerId);
  assert.deepEqual(slots.sort(), ["worker-abc", "worker-abc-0", "worker-abc-1"]);
});

void test("several workers share a queue, and no job runs twice", async (t) => {
  const bench = new Bench(t);
  const file = bench.file("notes");
  const names = Array.from({ length: 60 }, (_, index) => `job ${index}`);
  await bench.queue.submitAll(names.map((name) => bench.job("note", { params: { file, name } })));
  await Promise.all(["a", "b", "c"].map((workerId) => bench.drain({ workerId, concurrency: 2 })));
  const noted = readFileSync(file, "utf8").trim().split("\n");
  assert.deepEqual(noted.sort(), names.sort());
});

void test("jobs that fail once all complete at their second attempt, many at a time", async (t) => {
  const bench = new Bench(t);
  const ids = await bench.queue.submitAll(Array.from({ length: 6 }, () => bench.job("stumble")));
  await bench.drain({ concurrency: 3 });
  for (const id of ids) {
    const { status, attempts } = await bench.info(id);
    assert.deepEqual([status, attempts], ["completed", 2]);
  }
});

void test("who works on what can be read from the running jobs", async (t) => {
  const bench = new Bench(t);
  const { working, letGo } = await bench.held(bench.worker({ workerId: "box", until: "drain" }));
  const running = await bench.queue.listJobs({ status: "running" });
  assert.deepEqual(
    running.map(({ name, workerId, startedAt }) => [name, workerId, startedAt !== null]),
    [["hold", "box", true]],
  );
  letGo();
  await working;
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  void test(`a worker of the command line stops cleanly at ${signal}`, async (t) => {
    const desk = new Desk(t);
    const worker = desk.start("worker");
    await said(worker.stderr, /child processes\n/);
    worker.kill(signal);
    assert.deepEqual(await once(worker, "close"), [0, null]);
  });
}

void test("what a killed worker was doing is done by another at once, not after the timeout", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held --timeout 1h");
  const worker = desk.start("worker");
  const [pid] = await desk.pids("held");
  const dead = once(worker, "close");
  worker.kill("SIGKILL");
  await dead;
  writeFileSync(desk.path("held.go"), "");
  const drained = await desk.gigq("worker --drain");
  assert.equal(drained.status, 0);
  await gone([pid!]);
  const { status, executions } = await desk.job(1);
  assert.equal(status, "completed");
  assert.deepEqual(
    executions.map((run) => run.status),
    ["lost", "completed"],
  );
});
