import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { isAlive } from "../support/alive.js";
import { collect, said } from "../support/gigq.js";
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
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
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
