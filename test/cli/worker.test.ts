import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { collect } from "../support/gigq.js";
import { Desk } from "./desk.js";

/** The log of a worker with what differs from run to run put in words. */
function settled(log: string, desk: Desk): string[] {
  return log
    .replaceAll(desk.db, "DB")
    .replaceAll(/^\d\d:\d\d:\d\d {2}/gm, "CLOCK ")
    .replaceAll(/(done|failed) +[\d.]+m?s/g, "$1 TOOK")
    .split("\n");
}

void test("a worker with --once takes one job, and with --drain all that are ready", async (t) => {
  const desk = new Desk(t);
  const at = (name: string) => `${desk.path("jobs.mjs")}#${name}`;
  await desk.queue.submitAll([
    new Job({ function: at("greet") }),
    new Job({ function: at("fail"), name: "import", maxAttempts: 2 }),
    new Job({ function: at("greet"), runAt: new Date(Date.now() + 3_600_000) }),
  ]);
  const once = await desk.gigq("worker --once --worker-id box");
  assert.deepEqual([once.status, once.stdout], [0, ""]);
  assert.deepEqual(settled(once.stderr, desk), [
    "CLOCK worker box on DB · 1 at a time · child processes",
    "CLOCK #1 greet       started    try 1/3  box",
    "CLOCK #1 greet       done TOOK",
    "CLOCK stopped: 1 done, 0 failed, 0 given back",
    "",
  ]);
  const drain = await desk.gigq("worker --drain --worker-id box --isolation inline");
  assert.deepEqual([drain.status, drain.stdout], [0, ""]);
  assert.deepEqual(settled(drain.stderr, desk), [
    "CLOCK worker box on DB · 1 at a time · its own event loop",
    "CLOCK #2 import      started    try 1/2  box",
    "CLOCK #2 import      failed TOOK  TypeError: bad header · again now",
    "CLOCK #2 import      started    try 2/2  box",
    "CLOCK #2 import      failed TOOK  TypeError: bad header",
    "CLOCK stopped: 0 done, 2 failed, 0 given back",
    "",
  ]);
  assert.equal((await desk.job(3)).status, "pending");
});

void test("with several slots each attempt says in which it ran", async (t) => {
  const desk = new Desk(t);
  for (const _ of [1, 2]) await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const worker = desk.start("worker --concurrency 2 --drain --worker-id box");
  const [first, second] = await desk.pids("held", 2);
  assert.notEqual(first, second);
  writeFileSync(desk.path("held.go"), "");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  const workers = [1, 2].map(async (seq) => (await desk.job(seq)).executions[0]!.workerId);
  assert.deepEqual((await Promise.all(workers)).sort(), ["box-0", "box-1"]);
});

void test("a log in JSON is one object a line", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#talk");
  const { stdout, stderr } = await desk.gigq("worker --drain --worker-id box --log-format json");
  const events = stderr
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  assert.equal(stdout, "");
  for (const { time } of events) assert.equal(new Date(time).toISOString(), time);
  const { id } = await desk.job(1);
  const attempt = { id, seq: 1, name: "talk", attempt: 1, maxAttempts: 3, workerId: "box" };
  const told = events.filter(({ type }) => type !== "output").map(({ time, ...event }) => event);
  const durationMs = told[2]?.durationMs;
  assert.equal(typeof durationMs, "number");
  assert.deepEqual(told, [
    {
      type: "started",
      workerId: "box",
      location: desk.db,
      concurrency: 1,
      isolation: "process",
      minPriority: null,
      names: null,
    },
    { type: "begun", ...attempt },
    {
      type: "ended",
      ...attempt,
      outcome: "completed",
      status: "completed",
      error: null,
      durationMs,
      runAt: null,
    },
    { type: "stopped", workerId: attempt.workerId, completed: 1, failed: 0, released: 0 },
  ]);
  const output = events.filter(({ type }) => type === "output");
  assert.deepEqual(output.map(({ stream, text }) => `${stream}: ${text}`).sort(), [
    "stderr: to stderr\n",
    "stdout: to stdout\n",
  ]);
  const json = await desk.gigq("worker --once --json");
  assert.equal(JSON.parse(json.stderr.split("\n")[0]!).type, "started");
});

for (const isolation of ["process", "thread", "inline"]) {
  void test(`a job runs where --isolation ${isolation} says`, async (t) => {
    const desk = new Desk(t);
    await desk.ask("submit ./jobs.mjs#where");
    const worker = desk.start(`worker --drain --isolation ${isolation}`);
    assert.deepEqual(await once(worker, "close"), [0, null]);
    const { pid, isMainThread, cwd } = (await desk.job(1)).result as Record<string, unknown>;
    assert.deepEqual(
      { ownProcess: pid !== worker.pid, isMainThread, cwd },
      {
        ownProcess: isolation === "process",
        isMainThread: isolation !== "thread",
        cwd: desk.folder,
      },
    );
  });
}

void test("a failed attempt is tried again after its delay, and not before", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#secondTime --retry-delay 0.3s -p file=tries");
  const worker = desk.start("worker");
  const stderr = collect(worker.stderr);
  const [job] = await desk.queue.wait([1]);
  const [first, second] = job!.executions;
  assert.deepEqual([job!.status, job!.result], ["completed", 2]);
  assert.deepEqual([first!.status, first!.error?.split("\n")[0]], ["failed", "Error: not yet"]);
  const delayMs = Date.parse(second!.startedAt) - Date.parse(first!.completedAt!);
  assert.ok(delayMs >= 300, `${delayMs} ms`);
  worker.kill();
  await once(worker, "close");
  assert.match(stderr(), /#1 secondTime {2}failed +\S+ {2}Error: not yet · again in 0\.3s\n/);
});

void test("packages are looked up, and jobs run, in --root", async (t) => {
  const desk = new Desk(t);
  mkdirSync(desk.path("app/node_modules/pack"), { recursive: true });
  writeFileSync(desk.path("app/node_modules/pack/package.json"), '{"main":"index.cjs"}');
  writeFileSync(
    desk.path("app/node_modules/pack/index.cjs"),
    "exports.cwd = () => process.cwd();\n",
  );
  await desk.ask("submit pack#cwd --max-attempts 1");
  await desk.gigq("worker --drain");
  assert.match((await desk.job(1)).error!, /["']pack["']/);
  await desk.ask("requeue 1");
  await desk.gigq("worker --drain --root app");
  assert.equal((await desk.job(1)).result, desk.path("app"));
});
