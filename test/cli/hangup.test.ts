import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { isAlive } from "../support/alive.js";
import { eventually } from "../support/eventually.js";
import { said, startGigq } from "../support/gigq.js";
import { GIGQ } from "../support/paths.js";
import { gone } from "../support/processes.js";
import { alive } from "./company.js";
import { Desk } from "./desk.js";

const terminal = {
  skip:
    spawnSync("script", ["-qec", "stty size", "/dev/null"]).status !== 0 &&
    "it needs script(1) of util-linux, for a terminal",
};

void test(
  "a worker whose terminal is closed lets its job finish, however often it is told",
  terminal,
  async (t) => {
    const desk = new Desk(t);
    await desk.ask("submit ./jobs.mjs#hold -p file=held");
    const { window, pid } = await onTerminal(t, desk, "exec gigq worker 2>log");
    await desk.pids("held");
    await close(window);
    await eventually("a stop", () => /stopping: 1 job/.test(written(desk, "log")));
    process.kill(pid, "SIGHUP");
    process.kill(pid, "SIGHUP");
    // The next thing that happens in the worker is the end of its job.
    writeFileSync(desk.path("held.go"), "");
    await gone([pid]);
    const { status, result, attempts } = await desk.job(1);
    assert.deepEqual([status, result, attempts], ["completed", "let go", 1]);
  },
);

void test(
  "a worker that wrote to the terminal that is closed stops as well",
  terminal,
  async (t) => {
    const desk = new Desk(t);
    await desk.ask("submit ./jobs.mjs#hold -p file=held");
    const { window, pid } = await onTerminal(t, desk, "exec gigq worker --shutdown-timeout 0.1s");
    const [child] = await desk.pids("held");
    await close(window);
    await gone([pid, child!]);
    const { status, attempts, executions } = await desk.job(1);
    assert.deepEqual([status, attempts, executions], ["pending", 0, []]);
  },
);

void test(
  "a worker whose terminal is closed ends as one that was stopped, and does not crash",
  terminal,
  async (t) => {
    const desk = new Desk(t);
    // The shell hears of the terminal, passes that on, and lives to tell.
    const line = "trap 'kill -HUP $worker' HUP; gigq worker & worker=$!; echo $worker > worker";
    const { window } = await onTerminal(t, desk, `${line}; wait; wait $worker; echo $? > status`);
    await alive(desk, 1);
    await close(window);
    const status = await eventually("its end", () => /^\d+/.exec(written(desk, "status"))?.[0]);
    assert.equal(status, "0");
  },
);

void test("a run whose terminal is closed cancels its job", terminal, async (t) => {
  const desk = new Desk(t);
  const { window, pid } = await onTerminal(t, desk, "exec gigq run ./jobs.mjs#hold -p file=held");
  const [child] = await desk.pids("held");
  await close(window);
  await gone([pid, child!]);
  assert.equal((await desk.job(1)).status, "cancelled");
});

void test("under nohup a worker works on when its terminal is closed", terminal, async (t) => {
  const desk = new Desk(t);
  const { window, pid } = await onTerminal(t, desk, "exec nohup gigq worker");
  await eventually("a start", () => /1 at a time/.test(written(desk, "nohup.out")));
  await close(window);
  process.kill(pid, "SIGHUP");
  await desk.ask("submit ./jobs.mjs#greet --wait");
  assert.ok(isAlive(pid));
  process.kill(pid, "SIGTERM");
  await gone([pid]);
  assert.match(written(desk, "nohup.out"), /stopped: 1 done, 0 failed/);
});

void test("without a terminal, SIGHUP is no reason to stop; SIGTERM is", async (t) => {
  const desk = new Desk(t);
  const worker = startGigq(t, ["worker"], { cwd: desk.folder });
  await said(worker.stderr, /1 at a time/);
  worker.kill("SIGHUP");
  await desk.ask("submit ./jobs.mjs#greet --wait");
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
});

interface OnTerminal {
  readonly window: ChildProcess;
  /** The process that the line has become by `exec`. */
  readonly pid: number;
}

/** Runs a shell line on a terminal of its own; `gigq` is there under its name. */
async function onTerminal(t: TestContext, desk: Desk, line: string): Promise<OnTerminal> {
  const { GIGQ_DB: _, ...env } = process.env;
  const call = line.replace("gigq", `"${process.execPath}" "${GIGQ}"`);
  const window = spawn(
    "script",
    ["-qec", `stty cols 80 rows 24; echo $$ > pid; ${call}`, "/dev/null"],
    {
      cwd: desk.folder,
      env: { ...env, SHELL: "/bin/sh" },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  t.after(() => window.kill("SIGKILL"));
  const [pid] = await desk.pids("pid");
  t.after(() => isAlive(pid!) && process.kill(pid!, "SIGKILL"));
  return { window, pid: pid! };
}

/** What is in a file so far. */
function written(desk: Desk, name: string): string {
  return existsSync(desk.path(name)) ? readFileSync(desk.path(name), "utf8") : "";
}

/** A terminal is closed when the program that shows it is gone. */
async function close(window: ChildProcess): Promise<void> {
  window.kill("SIGKILL");
  await once(window, "exit");
}
