import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { isAlive } from "../support/alive.js";
import { collect, said } from "../support/gigq.js";
import { PROJECT } from "../support/paths.js";
import { Desk } from "./desk.js";

/** For how long a foreign program holds the database; try 10000, a third of gigq's patience. */
const HELD_MS = Number(process.env.GIGQ_TEST_HELD_MS ?? 3_000);

void test("a foreign write that takes long delays submits, cancels and workers, and loses nothing", {
  timeout: 90_000,
}, async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held --priority 9");
  await desk.ask("submit ./jobs.mjs#greet --delay 1h");
  const worker = desk.start("worker --worker-id box");
  const talk = collect(worker.stderr);
  await desk.pids("held");
  const holder = await hold(t, desk.db, HELD_MS);
  let letGo = false;
  void said(holder.stdout!, /let go/).then(() => {
    letGo = true;
  });
  // It ends while nothing can be written.
  writeFileSync(desk.path("held.go"), "");
  assert.equal((await desk.queue.listJobs()).length, 2);
  assert.equal(letGo, false, "reading does not wait for one who writes");
  const [submitted, cancelled] = await Promise.all([
    Promise.all([1, 2, 3].map(() => desk.gigq("submit ./jobs.mjs#greet"))),
    desk.gigq("cancel 2"),
  ]);
  await desk.ask("list");
  for (const { status, stderr } of submitted) assert.deepEqual([status, stderr], [0, ""]);
  assert.deepEqual([cancelled.status, cancelled.stdout], [0, "Cancelled greet #2\n"]);
  await desk.ask(["wait", "1", ...submitted.map(({ stdout }) => stdout.trim())]);
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  const { completed, cancelled: off, total } = await desk.queue.stats();
  assert.deepEqual({ completed, off, total }, { completed: 4, off: 1, total: 5 });
  const { attempts, executions } = await desk.job(1);
  assert.deepEqual([attempts, executions.length], [1, 1]);
  assert.doesNotMatch(talk(), /trouble|stale/);
});

void test("a worker that is told to stop does not wait for ever for a database that is held", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const worker = desk.start("worker --worker-id box --shutdown-timeout 1s");
  const talk = collect(worker.stderr);
  const [pid] = await desk.pids("held");
  const holder = await hold(t, desk.db, 3_600_000);
  writeFileSync(desk.path("held.go"), "");
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [1, null]);
  assert.match(
    talk(),
    /#1 hold {8}unwritten {2}try 1 ended as completed, and that could not be stored\n/,
  );
  assert.match(
    talk(),
    /\ngigq: how one attempt ended could not be stored: the queue at .* is held by another process\n/,
  );
  assert.equal(isAlive(pid!), false);
  holder.kill("SIGKILL");
  assert.equal((await desk.job(1)).status, "running");
});

void test("a worker with nothing in hand stops well, although the database is held", async (t) => {
  const desk = new Desk(t);
  await desk.ask("init");
  const worker = desk.start("worker --shutdown-timeout 0.1s");
  await said(worker.stderr, /1 at a time/);
  await hold(t, desk.db, 3_600_000);
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
});

/** Somebody who holds the database by now, and lets go after `ms`. */
async function hold(t: TestContext, db: string, ms: number) {
  const holder = spawn(process.execPath, [`${PROJECT}dist/test/storage/holder.js`, db, String(ms)]);
  t.after(() => holder.kill("SIGKILL"));
  await said(holder.stdout, /held/);
  return holder;
}
