import assert from "node:assert/strict";
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { isAlive } from "../support/alive.js";
import { eventually } from "../support/eventually.js";
import { GIGQ } from "../support/paths.js";
import { childrenOf, gone } from "../support/processes.js";
import { Desk } from "./desk.js";

const missing = (program: string, ...args: string[]) =>
  spawnSync(program, args).status !== 0 && `it needs ${program}, and to be allowed to use it`;

const timeout = { skip: missing("timeout", "--version") };
const container = { skip: missing("unshare", "--pid", "--fork", "--mount-proc", "true") };

void test(
  "timeout(1), which sends each signal twice, lets running jobs finish",
  timeout,
  async (t) => {
    const desk = new Desk(t);
    await desk.ask("submit ./jobs.mjs#hold -p file=held");
    const parent = start(t, desk, "exec timeout -k 60 1h gigq worker --shutdown-timeout 1h");
    const [child] = await desk.pids("held");
    const [worker] = childrenOf(parent.pid!);
    parent.kill("SIGTERM");
    await stopping(desk);
    writeFileSync(desk.path("held.go"), "");
    assert.deepEqual(await once(parent, "close"), [0, null]);
    await gone([worker!, child!]);
    assert.equal((await desk.job(1)).status, "completed");
  },
);

void test("when the time of timeout(1) is up, nothing is left behind", timeout, async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const parent = start(t, desk, "exec timeout -k 30 2 gigq worker --shutdown-timeout 0.1s");
  const worker = await eventually("a worker", () => childrenOf(parent.pid!)[0]);
  assert.deepEqual(await once(parent, "close"), [124, null]);
  // On a slow machine it may not have begun.
  const children = existsSync(desk.path("held")) ? await desk.pids("held") : [];
  await gone([worker, ...children]);
  const { status, attempts } = await desk.job(1);
  assert.deepEqual([status, attempts], ["pending", 0]);
});

void test("a worker outlives the shell that has started it, and stops when it is told to", async (t) => {
  const desk = new Desk(t);
  const shell = start(t, desk, "gigq worker --shutdown-timeout 0.1s & echo $! > pid; wait");
  const [worker] = await desk.pids("pid");
  t.after(() => isAlive(worker!) && process.kill(worker!, "SIGKILL"));
  shell.kill("SIGKILL");
  await once(shell, "exit");
  await desk.ask("submit ./jobs.mjs#greet --wait");
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const [child] = await desk.pids("held");
  process.kill(worker!, "SIGTERM");
  await gone([worker!, child!]);
  const { status, attempts } = await desk.job(2);
  assert.deepEqual([status, attempts], ["pending", 0]);
});

void test("a signal to the whole group of a shell stops its worker once", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const shell = start(t, desk, "gigq worker & echo $! > pid; wait", { detached: true });
  const [worker] = await desk.pids("pid");
  const [child] = await desk.pids("held");
  process.kill(-shell.pid!, "SIGTERM");
  await stopping(desk);
  writeFileSync(desk.path("held.go"), "");
  await gone([worker!, child!]);
  assert.equal((await desk.job(1)).status, "completed");
});

void test(
  "a worker that is the first process of a container stops, and so does all in it",
  container,
  async (t) => {
    const desk = new Desk(t);
    await desk.ask("submit ./jobs.mjs#stubborn -p file=held");
    await desk.ask("submit ./jobs.mjs#hold -p file=held");
    const parent = start(
      t,
      desk,
      "exec unshare --pid --fork --kill-child --mount-proc gigq worker -c 2 --shutdown-timeout 0.1s",
    );
    await desk.pids("held", 2);
    const [worker] = childrenOf(parent.pid!);
    const children = childrenOf(worker!);
    process.kill(worker!, "SIGTERM");
    assert.deepEqual(await once(parent, "close"), [0, null]);
    await gone([worker!, ...children]);
    const jobs = await desk.queue.listJobs();
    assert.deepEqual(
      jobs.map(({ status, attempts }) => [status, attempts]),
      [
        ["pending", 0],
        ["pending", 0],
      ],
    );
  },
);

/** Runs a shell line; `gigq` is there under its name, and what it says goes to a file. */
function start(t: TestContext, desk: Desk, line: string, options: SpawnOptions = {}): ChildProcess {
  const { GIGQ_DB: _, ...env } = process.env;
  const call = line.replace("gigq", `"${process.execPath}" "${GIGQ}"`);
  const child = spawn("sh", ["-c", `exec 2>log; ${call}`], {
    cwd: desk.folder,
    env,
    stdio: "ignore",
    ...options,
  });
  t.after(() => child.kill("SIGKILL"));
  return child;
}

async function stopping(desk: Desk): Promise<void> {
  await eventually("a stop", () => /stopping: 1 job/.test(readFileSync(desk.path("log"), "utf8")));
}
