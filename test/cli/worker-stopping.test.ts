import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { isAlive } from "../support/alive.js";
import { eventually } from "../support/eventually.js";
import { collect, said } from "../support/gigq.js";
import { insist } from "../support/insist.js";
import { childrenOf, gone } from "../support/processes.js";
import { Desk } from "./desk.js";

void test("SIGTERM lets the running job finish, and gives back what has not begun", async (t) => {
  const desk = new Desk(t);
  const at = (name: string) => `${desk.path("jobs.mjs")}#${name}`;
  const quick = () => Array.from({ length: 30 }, () => new Job({ function: at("greet") }));
  const held = new Job({ function: at("hold"), params: { file: desk.path("held") } });
  // Short jobs first, so that the worker takes many ahead.
  await desk.queue.submitAll([...quick(), held, ...quick()]);
  const worker = desk.start("worker");
  const stopping = said(worker.stderr, /stopping: 1 job still running, up to 30s \(again/);
  await desk.pids("held");
  worker.kill("SIGTERM");
  await stopping;
  assert.equal((await desk.job(31)).status, "running");
  writeFileSync(desk.path("held.go"), "");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  const { status, result } = await desk.job(31);
  assert.deepEqual([status, result], ["completed", "let go"]);
  const jobs = await desk.queue.listJobs({ limit: 30 });
  for (const { seq, status, attempts, workerId } of jobs) {
    assert.deepEqual(
      { seq, status, attempts, workerId },
      { seq, status: "pending", attempts: 0, workerId: null },
    );
  }
  const { pending, completed } = await desk.queue.stats();
  assert.deepEqual({ pending, completed }, { pending: 30, completed: 31 });
});

void test("a job that does not finish in --shutdown-timeout is stopped and given back", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const worker = desk.start("worker --shutdown-timeout 0.2s --worker-id box");
  const stderr = collect(worker.stderr);
  const [pid] = await desk.pids("held");
  worker.kill("SIGINT");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  assert.match(stderr(), /stopping: 1 job still running, up to 0\.2s \(again to stop now\)\n/);
  assert.match(
    stderr(),
    /#1 hold {8}given back\n\S+ {2}stopped: 0 done, 0 failed, 1 given back\n$/,
  );
  assert.equal(isAlive(pid!), false);
  const { status, attempts, executions } = await desk.job(1);
  assert.deepEqual(
    { status, attempts, executions },
    { status: "pending", attempts: 0, executions: [] },
  );
});

void test("a second signal stops at once, even a job that listens to nothing", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#stubborn -p file=held");
  const worker = desk.start("worker --shutdown-timeout 1h");
  const stopping = said(worker.stderr, /stopping: 1 job/);
  const [pid] = await desk.pids("held");
  worker.kill("SIGTERM");
  await stopping;
  assert.deepEqual(await insist(worker), [0, null]);
  assert.equal(isAlive(pid!), false);
  const { status, attempts } = await desk.job(1);
  assert.deepEqual([status, attempts], ["pending", 0]);
});

void test("an idle worker stops when it is told to, and starts a new job without being told", async (t) => {
  const desk = new Desk(t);
  const worker = desk.start("worker --polling-interval 1h");
  const stderr = collect(worker.stderr);
  await said(worker.stderr, /1 at a time/);
  await desk.ask("submit ./jobs.mjs#greet --wait");
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  assert.match(stderr(), /stopping: 0 jobs still running.*\n.*stopped: 1 done, 0 failed, 0 given/);
});

void test("a worker whose log nobody reads any more works on", async (t) => {
  const desk = new Desk(t);
  const worker = desk.start("worker");
  await said(worker.stderr, /1 at a time/);
  worker.stderr.destroy();
  await desk.ask("submit ./jobs.mjs#greet --wait");
  await desk.ask("submit ./jobs.mjs#greet --wait");
  assert.equal(worker.exitCode, null);
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
});

void test("signals that come together count as one", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const worker = desk.start("worker --shutdown-timeout 1h");
  const stderr = collect(worker.stderr);
  await desk.pids("held");
  for (const signal of ["SIGTERM", "SIGTERM", "SIGINT"] as const) worker.kill(signal);
  await eventually("a stop", () => /stopping: 1 job/.test(stderr()));
  writeFileSync(desk.path("held.go"), "");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  assert.equal((await desk.job(1)).status, "completed");
});

void test("what is submitted after SIGTERM is left alone", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const worker = desk.start("worker --concurrency 3 --polling-interval 0.01s");
  const stopping = said(worker.stderr, /stopping: 1 job/);
  await desk.pids("held");
  worker.kill("SIGTERM");
  await stopping;
  await desk.queue.submitAll(
    Array.from({ length: 20 }, () => new Job({ function: `${desk.path("jobs.mjs")}#greet` })),
  );
  writeFileSync(desk.path("held.go"), "");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  const { completed, pending } = await desk.queue.stats();
  assert.deepEqual([completed, pending], [1, 20]);
});

void test("under load, SIGTERM leaves nothing running and uses up no attempt", async (t) => {
  const desk = new Desk(t);
  const count = 5_000;
  await desk.queue.submitAll(
    Array.from({ length: count }, () => new Job({ function: `${desk.path("jobs.mjs")}#greet` })),
  );
  const worker = desk.start("worker --concurrency 4");
  const stderr = collect(worker.stderr);
  await eventually("100 jobs done", () => (stderr().match(/ done /g)?.length ?? 0) >= 100);
  const processes = [worker.pid!, ...childrenOf(worker.pid!)];
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  await gone(processes);
  const { completed, pending, running } = await desk.queue.stats();
  assert.deepEqual([running, completed + pending], [0, count]);
  assert.ok(pending > 0, "it was stopped in the midst of work");
  assert.equal(stderr().match(/ done /g)?.length, completed);
  const untouched = await desk.queue.listJobs({ status: "pending", limit: count });
  assert.deepEqual(
    untouched.filter(({ attempts, workerId }) => attempts > 0 || workerId !== null),
    [],
  );
});
