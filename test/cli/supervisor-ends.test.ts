import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { eventually } from "../support/eventually.js";
import { collect, startGigq } from "../support/gigq.js";
import { noNotifySocket, openNotifySocket } from "../support/notify-socket.js";
import { alive } from "./company.js";
import { Desk, refuses } from "./desk.js";

async function end(worker: ChildProcess): Promise<void> {
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
}

void test("a wrong flag, and a file that is no queue, are refused once and not by each worker", async (t) => {
  const desk = new Desk(t);
  const refused = await desk.gigq("worker --processes 4 --isolation thread --max-rss 512M");
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /^gigq: maxRss is not for the isolation "thread".*\n.*\n$/);
  assert.deepEqual(
    await desk.gigq("worker --processes 0"),
    refuses(2, "--processes: 0 is too small", "The smallest is 1"),
  );
  writeFileSync(desk.path("notes"), "no database, but long enough for one ".repeat(200));
  const noQueue = await desk.gigq("worker --processes 3 --db notes");
  assert.deepEqual(
    noQueue,
    refuses(
      5,
      `${desk.path("notes")} is not a gigq database`,
      "Name another file with --db or GIGQ_DB",
    ),
  );
});

void test("when the queue is deleted, all end with one word about it, and make no new one", async (t) => {
  const desk = new Desk(t);
  await desk.ask("init");
  const supervisor = desk.start("worker --processes 3 --polling-interval 0.1s");
  const stderr = collect(supervisor.stderr);
  await alive(desk, 3);
  await desk.queue.close();
  for (const ending of ["", "-wal", "-shm"]) rmSync(desk.db + ending, { force: true });
  assert.deepEqual(await once(supervisor, "close"), [5, null]);
  assert.equal(stderr().match(/there is no queue at/g)?.length, 1, stderr());
  assert.equal((await desk.gigq("stats")).status, 5);
});

void test("with --drain all stop when nothing is ready, and with --once each after one job", async (t) => {
  const desk = new Desk(t);
  const job = () => new Job({ function: `${desk.path("jobs.mjs")}#greet` });
  await desk.queue.submitAll(Array.from({ length: 40 }, job));
  const once = await desk.gigq("worker --processes 2 --once");
  assert.equal(once.status, 0);
  assert.equal((await desk.queue.stats()).completed, 2);
  const drain = await desk.gigq("worker --processes 2 --drain --worker-id box -c 2");
  assert.equal(drain.status, 0);
  assert.equal((await desk.queue.stats()).completed, 40);
  for (const { seq } of await desk.queue.listJobs()) {
    const [execution] = (await desk.job(seq)).executions;
    assert.match(execution!.workerId, /^(box\.[12]-[01]|.*-[0-9a-f]{6}\.[12])$/);
  }
});

void test("one process is a worker like any other", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const worker = desk.start("worker --processes 1 --worker-id box");
  await desk.pids("held");
  const [known] = await alive(desk, 1);
  assert.deepEqual([known?.workerId, known?.pid], ["box", worker.pid]);
  writeFileSync(desk.path("held.go"), "");
  await end(worker);
});

void test("a log in JSON tells who was replaced and why, and stays one object a line", async (t) => {
  const desk = new Desk(t);
  await desk.ask("init");
  const supervisor = desk.start("worker --processes 2 --worker-id box --json");
  const stderr = collect(supervisor.stderr);
  const [first] = await alive(desk, 2);
  process.kill(first!.pid, "SIGKILL");
  await eventually("another", () => stderr().includes('"replaced"'));
  const [second] = await alive(desk, 2);
  process.kill(second!.pid, "SIGTERM");
  await eventually("one more", () => stderr().match(/"replaced"/g)?.length === 2);
  const after = await alive(desk, 2);
  assert.ok(!after.some(({ key }) => [first, second].some((each) => each!.key === key)));
  await end(supervisor);
  const lines = stderr()
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  const [death, stop] = lines.filter(({ type }) => type === "replaced");
  const { time, message, ...replaced } = death;
  assert.match(stop.message, /^worker box\.[12] was stopped; another one is started in /);
  assert.equal(new Date(time).toISOString(), time);
  assert.match(
    message,
    /^worker box\.[12] was killed by SIGKILL; another one is started( in 0\.1s)?$/,
  );
  assert.deepEqual(replaced, {
    type: "replaced",
    workerId: first!.workerId,
    code: null,
    signal: "SIGKILL",
    // None where it took that long to start everything.
    pauseMs: message.endsWith("0.1s") ? 100 : 0,
  });
  assert.equal(lines[0].type, "supervising");
});

void test("systemd hears that all are ready, what all do, and that they stop; who hangs is replaced", {
  skip: noNotifySocket,
}, async (t) => {
  const desk = new Desk(t);
  const socket = await openNotifySocket(t);
  const env = { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: "3000000" };
  for (const _ of [1, 2]) await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const supervisor = startGigq(t, ["worker", "--processes", "2"], { cwd: desk.folder, env });
  const stderr = collect(supervisor.stderr);
  await eventually("readiness", () => socket.count("READY=1") === 1);
  await alive(desk, 2);
  await eventually("the work of both", () =>
    socket.messages().some((message) => message.includes("STATUS=2 running, 0 done")),
  );
  writeFileSync(desk.path("held.go"), "");
  await eventually("what was done", () => socket.count("STATUS=0 running, 2 done") > 0);
  const [hung] = await alive(desk, 2);
  process.kill(hung!.pid, "SIGSTOP");
  await eventually("its end", () => /worker \S+ has given no sign of life for 3s\n/.test(stderr()));
  await eventually("another", () => /was killed by SIGKILL; another one/.test(stderr()));
  await alive(desk, 2);
  await end(supervisor);
  assert.equal(socket.count("STOPPING=1"), 1);
  assert.equal(socket.count("READY=1"), 1);
  assert.ok(socket.count("WATCHDOG=1") >= 2);
});
