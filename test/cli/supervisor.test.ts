import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { eventually } from "../support/eventually.js";
import { collect } from "../support/gigq.js";
import { insist } from "../support/insist.js";
import { childrenOf, gone } from "../support/processes.js";
import { alive, processesOf } from "./company.js";
import { Desk } from "./desk.js";

async function end(worker: ChildProcess): Promise<void> {
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
}

void test("a worker of three that is killed is replaced, and its job is run again", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held --max-attempts 2");
  const supervisor = desk.start("worker --processes 3 --worker-id box");
  const stderr = collect(supervisor.stderr);
  await desk.pids("held");
  const before = await alive(desk, 3);
  const unlucky = before.find(({ jobs }) => jobs.length > 0)!;
  process.kill(unlucky.pid, "SIGKILL");
  await desk.pids("held", 2);
  const after = await alive(desk, 3);
  const names = ["box.1", "box.2", "box.3"];
  for (const workers of [before, after]) {
    assert.deepEqual(workers.map(({ workerId }) => workerId).sort(), names);
  }
  assert.equal(after.filter(({ key }) => before.some((known) => known.key === key)).length, 2);
  assert.deepEqual(after.map(({ pid }) => pid).sort(), childrenOf(supervisor.pid!).sort());
  writeFileSync(desk.path("held.go"), "");
  const [job] = await desk.queue.wait([1]);
  assert.deepEqual(
    job?.executions.map(({ status }) => status),
    ["lost", "completed"],
  );
  await end(supervisor);
  assert.match(stderr(), /^\S+ {2}3 workers: box\.1 to box\.3\n/);
  const replaced = new RegExp(
    `^\\S+ {2}worker ${unlucky.workerId} was killed by SIGKILL; another one is started( in 0\\.1s)?\\n`,
    "m",
  );
  assert.match(stderr(), replaced);
  assert.equal(stderr().match(/ stopped: /g)?.length, 3);
  await gone(processesOf(desk));
  assert.deepEqual(await desk.queue.workers(), []);
});

void test("SIGTERM is passed on once: running jobs finish, nothing more is taken, nothing is left", async (t) => {
  const desk = new Desk(t);
  for (const _ of [1, 2, 3]) await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const supervisor = desk.start("worker --processes 2");
  const stderr = collect(supervisor.stderr);
  await desk.pids("held", 2);
  await alive(desk, 2);
  supervisor.kill("SIGTERM");
  await eventually("all to stop", () => stderr().match(/stopping: 1 job/g)?.length === 2);
  writeFileSync(desk.path("held.go"), "");
  assert.deepEqual(await once(supervisor, "close"), [0, null]);
  const { completed, pending } = await desk.queue.stats();
  assert.deepEqual([completed, pending], [2, 1]);
  assert.doesNotMatch(stderr(), /another one/);
  await gone(processesOf(desk));
});

void test("a second signal stops all workers at once", async (t) => {
  const desk = new Desk(t);
  for (const _ of [1, 2]) await desk.ask("submit ./jobs.mjs#stubborn -p file=held");
  const supervisor = desk.start("worker --processes 2 --shutdown-timeout 1h");
  const stderr = collect(supervisor.stderr);
  await desk.pids("held", 2);
  supervisor.kill("SIGINT");
  await eventually("all to stop", () => stderr().match(/stopping: 1 job/g)?.length === 2);
  assert.deepEqual(await insist(supervisor), [0, null]);
  await gone(processesOf(desk));
  const jobs = await desk.queue.listJobs();
  assert.deepEqual(
    jobs.map(({ status, attempts }) => [status, attempts]),
    [
      ["pending", 0],
      ["pending", 0],
    ],
  );
});

void test("a second signal stops all also where nobody reads what they say", async (t) => {
  const desk = new Desk(t);
  const loud = "for (let line = 0; line < 4_000; line++) console.log('x'.repeat(1_000));";
  writeFileSync(desk.path("loud.mjs"), `export function loud() { ${loud} }`);
  const jobs = Array.from(
    { length: 12 },
    () => new Job({ function: `${desk.path("loud.mjs")}#loud` }),
  );
  const ids = await desk.queue.submitAll(jobs);
  const supervisor = desk.start("worker --processes 2");
  await desk.queue.wait(ids);
  const workers = await alive(desk, 2);
  const again = setInterval(() => supervisor.kill("SIGINT"), 20);
  t.after(() => clearInterval(again));
  await gone(workers.map(({ pid }) => pid));
  clearInterval(again);
  supervisor.kill("SIGKILL");
  assert.deepEqual(await alive(desk, 0), []);
});

void test("when the supervisor is killed, its workers let their jobs finish, and go", async (t) => {
  const desk = new Desk(t);
  for (const _ of [1, 2, 3]) await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const supervisor = desk.start("worker --processes 2");
  await desk.pids("held", 2);
  const workers = await alive(desk, 2);
  supervisor.kill("SIGKILL");
  await once(supervisor, "close");
  writeFileSync(desk.path("held.go"), "");
  await gone(workers.map(({ pid }) => pid));
  await gone(processesOf(desk));
  const { completed, pending, running } = await desk.queue.stats();
  assert.deepEqual([completed, pending, running], [2, 1, 0]);
  assert.deepEqual(await desk.queue.workers(), []);
  const executions = (await desk.queue.getStatuses([1, 2])).flatMap(
    (info) => (info.exists && info.executions) || [],
  );
  assert.deepEqual(
    executions.map(({ attempt, status }) => [attempt, status]),
    [
      [1, "completed"],
      [1, "completed"],
    ],
  );
});
