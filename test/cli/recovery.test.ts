import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { Job } from "../../src/index.js";
import { isAlive } from "../support/alive.js";
import { eventually } from "../support/eventually.js";
import { collect, said } from "../support/gigq.js";
import { processesWith } from "../support/processes.js";
import { Desk } from "./desk.js";

function perilousDesk(t: TestContext): Desk {
  const desk = new Desk(t);
  desk.bring("perilous.mjs");
  return desk;
}

async function kill(worker: ChildProcess): Promise<void> {
  worker.kill("SIGKILL");
  await once(worker, "close");
}

async function onlyKey(desk: Desk): Promise<string> {
  return eventually("a worker's folder", () => readdirSync(`${desk.db}-workers`)[0]);
}

for (const isolation of ["process", "thread", "inline"]) {
  void test(`a job of a killed worker is lost, and another worker tries it again (${isolation})`, async (t) => {
    const desk = perilousDesk(t);
    await desk.ask("submit ./perilous.mjs#blockOnce -p file=held --max-attempts 2");
    const first = desk.start(`worker --worker-id first --isolation ${isolation}`);
    await desk.pids("held");
    const second = desk.start("worker --worker-id second");
    const stderr = collect(second.stderr);
    await said(second.stderr, /child processes/);
    await kill(first);
    const [job] = await desk.queue.wait([1]);
    assert.equal(job?.status, "completed");
    assert.equal(job.result, false, "the process of the first attempt was there still");
    assert.deepEqual(
      job.executions.map(({ attempt, status, workerId, error }) => ({
        attempt,
        status,
        workerId,
        error,
      })),
      [
        {
          attempt: 1,
          status: "lost",
          workerId: "first",
          error: "its worker first died while it ran",
        },
        { attempt: 2, status: "completed", workerId: "second", error: null },
      ],
    );
    await eventually("its log", () => /#1 blockOnce {3}lost .* · again now\n/.test(stderr()));
  });
}

void test("a worker that comes later recovers what a dead one left, and leaves no traces of it", async (t) => {
  const desk = perilousDesk(t);
  await desk.ask("submit ./perilous.mjs#blockOnce -p file=held --max-attempts 2");
  const first = desk.start("worker");
  await desk.pids("held");
  await kill(first);
  assert.equal((await desk.job(1)).status, "running");
  assert.equal(readdirSync(`${desk.db}-workers`).length, 1);
  const drained = await desk.gigq("worker --drain");
  assert.equal(drained.status, 0);
  assert.equal((await desk.job(1)).status, "completed");
  assert.equal(existsSync(`${desk.db}-workers`), false);
});

void test("a job that may run once is never run twice", async (t) => {
  const desk = perilousDesk(t);
  await desk.ask("submit ./perilous.mjs#blockOnce -p file=held --max-attempts 1");
  const first = desk.start("worker");
  await desk.pids("held");
  await kill(first);
  await desk.gigq("worker --drain");
  const { status, attempts, error } = await desk.job(1);
  assert.deepEqual([status, attempts], ["failed", 1]);
  assert.match(error!, /^its worker .* died while it ran$/);
});

void test("what a dead worker had claimed and not begun is given back untouched", async (t) => {
  const desk = perilousDesk(t);
  const at = (name: string) => `${desk.path("perilous.mjs")}#${name}`;
  const quick = () => Array.from({ length: 40 }, () => new Job({ function: at("quick") }));
  const held = new Job({
    function: at("blockOnce"),
    params: { file: desk.path("held") },
    maxAttempts: 1,
  });
  // Short jobs first, so that the worker takes many ahead; then stop it before it can take them back.
  await desk.queue.submitAll([...quick(), held, ...quick()]);
  const first = desk.start("worker");
  await desk.pids("held");
  await kill(first);
  const left = await desk.queue.listJobs({ status: "running", limit: 100 });
  await desk.gigq("worker --drain");
  for (const { seq } of left) {
    const { status, executions } = await desk.job(seq);
    if (seq === 41) assert.equal(status, "failed");
    // The outcome of one before it may have been lost; after it nothing had begun.
    else assert.equal(status, "completed");
    if (seq > 41) assert.deepEqual([seq, executions.map((run) => run.attempt)], [seq, [1]]);
  }
  const { failed, completed } = await desk.queue.stats();
  assert.deepEqual({ failed, completed }, { failed: 1, completed: 80 });
});

void test("a killed worker's blocked child is ended, and what has left its group, although no other worker is there", async (t) => {
  const desk = perilousDesk(t);
  await desk.ask("submit ./perilous.mjs#blockOnce -p file=held");
  await desk.ask("submit ./perilous.mjs#escapeOnce -p file=runaway");
  const worker = desk.start("worker --concurrency 2");
  const pids = [...(await desk.pids("held")), ...(await desk.pids("runaway"))];
  await kill(worker);
  await eventually("their end", () => !pids.some(isAlive));
});

void test("a guardian that is killed is followed by another", async (t) => {
  const desk = perilousDesk(t);
  await desk.ask("submit ./perilous.mjs#blockOnce -p file=held");
  desk.start("worker");
  await desk.pids("held");
  const tag = `GIGQ_CHILD=${await onlyKey(desk)}@`;
  const [first] = processesWith("cmdline", tag);
  process.kill(first!, "SIGKILL");
  await eventually("another", () => processesWith("cmdline", tag).some((pid) => pid !== first));
});

void test("a blocked child is ended before its job is tried again, also when it was left unguarded and stopped", async (t) => {
  const desk = perilousDesk(t);
  await desk.ask("submit ./perilous.mjs#blockOnce -p file=held --max-attempts 2");
  const worker = desk.start("worker");
  const [pid] = await desk.pids("held");
  const [guardian] = processesWith("cmdline", `GIGQ_CHILD=${await onlyKey(desk)}@`);
  // So that it cannot start another guardian.
  worker.kill("SIGSTOP");
  process.kill(guardian!, "SIGKILL");
  process.kill(pid!, "SIGSTOP");
  await kill(worker);
  assert.equal(isAlive(pid!), true);
  await desk.gigq("worker --drain");
  assert.equal(isAlive(pid!), false);
  assert.equal((await desk.job(1)).result, false);
});

for (const isolation of ["process", "thread"]) {
  void test(`what a job started is ended before it is tried again, wherever that has gone (${isolation})`, async (t) => {
    const desk = perilousDesk(t);
    await desk.ask("submit ./perilous.mjs#escapeOnce -p file=held --max-attempts 2");
    const worker = desk.start(`worker --isolation ${isolation}`);
    const [runaway] = await desk.pids("held");
    worker.kill("SIGSTOP");
    for (const guardian of processesWith("cmdline", `GIGQ_CHILD=${await onlyKey(desk)}@`)) {
      process.kill(guardian, "SIGKILL");
    }
    await kill(worker);
    assert.equal(isAlive(runaway!), true);
    await desk.gigq("worker --drain");
    assert.equal((await desk.job(1)).result, false);
  });

  void test(`a worker that stops leaves nothing behind, whatever its jobs have done (${isolation})`, async (t) => {
    const desk = perilousDesk(t);
    await desk.ask("submit ./perilous.mjs#leaveBehind -p file=held");
    assert.equal((await desk.gigq(`worker --drain --isolation ${isolation}`)).status, 0);
    const [runaway] = await desk.pids("held");
    assert.equal(isAlive(runaway!), false);
  });
}

void test("a suspended worker is not robbed", async (t) => {
  const desk = perilousDesk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const suspended = desk.start("worker --worker-id suspended");
  await desk.pids("held");
  suspended.kill("SIGSTOP");
  // Others look at it when they start, and again and again while they work.
  for (let round = 0; round < 3; round++) {
    await desk.ask("submit ./jobs.mjs#greet");
    assert.equal((await desk.gigq("worker --drain")).status, 0);
  }
  assert.equal((await desk.job(1)).workerId, "suspended");
  suspended.kill("SIGCONT");
  writeFileSync(desk.path("held.go"), "");
  const [job] = await desk.queue.wait([1]);
  assert.deepEqual([job?.status, job?.executions.length], ["completed", 1]);
  assert.equal(job?.executions[0]?.workerId, "suspended");
});

void test("a worker that was taken for dead writes nothing more, and ends", async (t) => {
  const desk = perilousDesk(t);
  await desk.ask("submit ./perilous.mjs#blockOnce -p file=held --max-attempts 2");
  const robbed = desk.start("worker --worker-id robbed");
  const stderr = collect(robbed.stderr);
  await desk.pids("held");
  robbed.kill("SIGSTOP");
  rmSync(`${desk.db}-workers/${await onlyKey(desk)}`, { recursive: true });
  await desk.gigq("worker --drain --worker-id thief");
  const before = await desk.job(1);
  assert.deepEqual(
    before.executions.map((run) => run.status),
    ["lost", "completed"],
  );
  robbed.kill("SIGCONT");
  assert.deepEqual(await once(robbed, "close"), [1, null]);
  assert.match(stderr(), /#1 blockOnce {3}stale/);
  assert.match(stderr(), /gigq: worker robbed was taken for dead by another\n/);
  assert.deepEqual(await desk.job(1), before);
});

void test("a killed worker's forced cancel is carried out by another", async (t) => {
  const desk = perilousDesk(t);
  await desk.ask("submit ./perilous.mjs#blockOnce -p file=held");
  const worker = desk.start("worker");
  await desk.pids("held");
  await kill(worker);
  await desk.queue.cancel(1, { force: true });
  await desk.gigq("worker --drain");
  assert.equal((await desk.job(1)).status, "cancelled");
});

void test("workers that know a queue under different names know each other", async (t) => {
  const desk = perilousDesk(t);
  symlinkSync("gigq.db", desk.path("link.db"));
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const worker = desk.start("worker");
  await desk.pids("held");
  await desk.ask("--db link.db submit ./jobs.mjs#greet");
  assert.equal((await desk.gigq("--db link.db worker --drain")).status, 0);
  assert.equal((await desk.job(1)).status, "running");
  assert.equal((await desk.job(2)).status, "completed");
  writeFileSync(desk.path("held.go"), "");
  await desk.queue.wait([1]);
  assert.equal(worker.exitCode, null);
});

void test("a worker on a copy of a queue lets the jobs of the original live", async (t) => {
  const desk = perilousDesk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held --max-attempts 1");
  desk.start("worker");
  const [pid] = await desk.pids("held");
  for (const end of ["", "-wal"]) {
    copyFileSync(`${desk.db}${end}`, desk.path(`copy.db${end}`));
  }
  assert.equal((await desk.gigq("--db copy.db worker --drain")).status, 0);
  const copied = await desk.ask("--db copy.db status 1 --json");
  assert.equal(JSON.parse(copied).status, "failed");
  assert.equal(isAlive(pid!), true);
  assert.equal((await desk.job(1)).status, "running");
});
