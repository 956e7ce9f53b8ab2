import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type TestContext, test } from "node:test";
import { Job } from "../../src/index.js";
import { eventually } from "../support/eventually.js";
import { collect, startGigq } from "../support/gigq.js";
import { type NotifySocket, noNotifySocket, openNotifySocket } from "../support/notify-socket.js";
import { Desk } from "./desk.js";

const socketNeeded = { skip: noNotifySocket };

/** A watchdog that is told every 50 ms. */
const WATCHDOG_USEC = "150000";

void test(
  "a worker tells systemd that it is ready, what it does, that it lives, and that it stops",
  socketNeeded,
  async (t) => {
    const desk = new Desk(t);
    const socket = await openNotifySocket(t);
    await desk.ask("submit ./jobs.mjs#fail --max-attempts 1");
    await desk.ask("submit ./jobs.mjs#hold -p file=held");
    const worker = startWorker(t, desk, { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC });
    await status(socket, "1 running, 0 done, 1 failed");
    await eventually("two signs of life", () => socket.count("WATCHDOG=1") >= 2);
    worker.kill("SIGTERM");
    await status(socket, "stopping, 1 running, 0 done, 1 failed");
    writeFileSync(desk.path("held.go"), "");
    assert.deepEqual(await once(worker, "close"), [0, null]);
    const told = socket.messages().map(([first]) => first!);
    assert.equal(told[0], "READY=1");
    assert.equal(socket.count("READY=1"), 1);
    assert.equal(socket.count("STOPPING=1"), 1);
    assert.ok(told.every((first) => /^(READY|WATCHDOG|STOPPING)=1$/.test(first)));
  },
);

void test("a worker that cannot open its database is never ready", socketNeeded, async (t) => {
  const desk = new Desk(t);
  const socket = await openNotifySocket(t);
  writeFileSync(desk.path("notes"), "no database, but long enough for one ".repeat(200));
  const env = { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC };
  const { status } = await desk.gigq("worker --db notes", { env });
  assert.equal(status, 5);
  // What comes now comes after all that the first would have sent.
  assert.equal((await desk.gigq("worker --drain", { env })).status, 0);
  assert.equal(socket.count("READY=1"), 1);
});

void test(
  "a worker that ends by itself has said that it was ready and that it stops",
  socketNeeded,
  async (t) => {
    const desk = new Desk(t);
    const socket = await openNotifySocket(t);
    const ran = await desk.gigq("worker --drain", { env: { NOTIFY_SOCKET: socket.path } });
    assert.equal(ran.status, 0);
    await eventually("the end", () => socket.count("STOPPING=1") === 1);
    const told = socket.messages().flat();
    assert.deepEqual([told[0], told.at(-2)], ["READY=1", "STOPPING=1"]);
  },
);

void test("a worker whose event loop is blocked gives no sign of life", socketNeeded, async (t) => {
  const desk = new Desk(t);
  const [blocked, other] = [await openNotifySocket(t), await openNotifySocket(t)];
  const worker = startWorker(
    t,
    desk,
    { NOTIFY_SOCKET: blocked.path, WATCHDOG_USEC },
    "worker --isolation inline",
  );
  await eventually("signs of life", () => blocked.count("WATCHDOG=1") >= 2);
  desk.bring("life.mjs");
  await desk.ask("submit ./life.mjs#block -p file=blocking");
  await desk.pids("blocking");
  const before = blocked.count("WATCHDOG=1");
  // Another worker tells how much time has passed.
  startWorker(t, desk, { NOTIFY_SOCKET: other.path, WATCHDOG_USEC });
  await eventually("signs of life of another", () => other.count("WATCHDOG=1") >= 8);
  // One may have been on its way, and one not yet read.
  assert.ok(blocked.count("WATCHDOG=1") <= before + 2, `${before}`);
  writeFileSync(desk.path("blocking.go"), "");
  await eventually("more signs of life", () => blocked.count("WATCHDOG=1") >= before + 3);
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
});

void test(
  "a watchdog that is meant for another process, or forbids nothing, is not told",
  socketNeeded,
  async (t) => {
    const desk = new Desk(t);
    const sockets = [];
    for (const env of [
      { WATCHDOG_USEC, WATCHDOG_PID: "1" },
      { WATCHDOG_USEC: "0" },
      { WATCHDOG_USEC: "soon" },
      // Systemd's infinity; a timer of Node would take it for a millisecond.
      { WATCHDOG_USEC: "18446744073709551615" },
      {},
    ]) {
      const socket = await openNotifySocket(t);
      sockets.push(socket);
      startWorker(t, desk, { NOTIFY_SOCKET: socket.path, ...env });
      await eventually("readiness", () => socket.count("READY=1") === 1);
    }
    const watched = await openNotifySocket(t);
    const worker = startWorker(t, desk, { NOTIFY_SOCKET: watched.path, WATCHDOG_USEC });
    await eventually("signs of life", () => watched.count("WATCHDOG=1") >= 3);
    worker.kill("SIGTERM");
    await once(worker, "close");
    assert.deepEqual(
      sockets.map((socket) => socket.count("WATCHDOG=1")),
      [0, 0, 0, 0, 0],
    );
  },
);

void test("jobs do not inherit what systemd meant for the worker", async (t) => {
  const desk = new Desk(t);
  const path = fake(desk, "exit 0");
  desk.bring("life.mjs");
  for (const isolation of ["process", "thread", "inline"]) {
    const job = new Job({
      function: `${desk.path("life.mjs")}#environment`,
      params: { starts: ["NOTIFY_", "WATCHDOG_", "PASSED_"] },
    });
    await desk.queue.submit(job);
    const { status } = await desk.gigq(`worker --once --isolation ${isolation}`, {
      env: {
        PATH: path,
        NOTIFY_SOCKET: desk.path("socket"),
        WATCHDOG_USEC,
        WATCHDOG_PID: "1",
        PASSED_ON: "1",
      },
    });
    assert.equal(status, 0);
    assert.deepEqual((await desk.job(job.id)).result, ["PASSED_ON"], isolation);
  }
});

void test("nothing is started for systemd where it does not ask", async (t) => {
  const desk = new Desk(t);
  const path = fake(desk, `echo "$@" >> "${desk.path("told")}"`);
  const drain = (env: Record<string, string>) => desk.gigq("worker --drain", { env });
  assert.equal((await drain({ PATH: path, WATCHDOG_USEC: "1000" })).status, 0);
  assert.equal(existsSync(desk.path("told")), false);
  assert.equal((await drain({ PATH: path, NOTIFY_SOCKET: "x" })).status, 0);
  assert.match(readFileSync(desk.path("told"), "utf8"), /^READY=1 /);
});

void test("a worker that cannot tell systemd says so once, goes on, and tries again", async (t) => {
  const desk = new Desk(t);
  const tries = desk.path("tries");
  const path = fake(desk, `echo "$1" >> "${tries}"; echo "no such service" >&2; exit 1`);
  const worker = startWorker(t, desk, { PATH: path, NOTIFY_SOCKET: "x", WATCHDOG_USEC });
  const stderr = collect(worker.stderr);
  await eventually("more tries", () => existsSync(tries) && lines(tries).length >= 4);
  assert.ok(lines(tries).every((first) => first === "READY=1"));
  await desk.ask("submit ./jobs.mjs#greet --wait");
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  assert.equal(stderr().match(/warning/g)?.length, 1, stderr());
  assert.match(stderr(), /^\S+ {2}warning: systemd could not be told: no such service$/m);
});

void test("a worker says it in the form of its log that there is no systemd-notify", async (t) => {
  const desk = new Desk(t);
  const { status, stderr } = await desk.gigq("worker --drain --log-format json", {
    env: { PATH: bare(desk), NOTIFY_SOCKET: "x" },
  });
  assert.equal(status, 0);
  const said = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const { time, ...warning } = said.find(({ type }) => type === "warning");
  assert.match(time, /^\d{4}-.*Z$/);
  assert.deepEqual(warning, {
    type: "warning",
    message: "systemd could not be told: there is no systemd-notify on the PATH",
  });
});

function startWorker(
  t: TestContext,
  desk: Desk,
  env: Readonly<Record<string, string>>,
  line = "worker",
) {
  return startGigq(t, line.split(" "), { cwd: desk.folder, env });
}

async function status(socket: NotifySocket, text: string): Promise<void> {
  await eventually(`the status ${text}`, () => socket.count(`STATUS=${text}`) > 0);
}

/** A PATH on which a shell script stands before the real systemd-notify. */
function fake(desk: Desk, script: string): string {
  const bin = desk.path("bin");
  mkdirSync(bin);
  writeFileSync(`${bin}/systemd-notify`, `#!/bin/sh\n${script}\n`);
  chmodSync(`${bin}/systemd-notify`, 0o755);
  return `${bin}:${process.env.PATH}`;
}

/** A PATH with nothing on it but what a worker itself needs. */
function bare(desk: Desk): string {
  const bin = desk.path("bin");
  mkdirSync(bin);
  for (const program of ["sh", "mkfifo"]) {
    const found = execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" });
    symlinkSync(found.trim(), `${bin}/${program}`);
  }
  return bin;
}

function lines(path: string): string[] {
  return readFileSync(path, "utf8").split("\n").slice(0, -1);
}
