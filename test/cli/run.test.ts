import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { isAlive } from "../support/alive.js";
import { eventually } from "../support/eventually.js";
import { collect } from "../support/gigq.js";
import { Desk, says } from "./desk.js";

void test("run prints a string as it is and anything else as JSON", async (t) => {
  const desk = new Desk(t);
  assert.equal(existsSync(desk.db), false);
  assert.equal(await desk.ask("run ./jobs.mjs#greet -p name=Ada"), "Hello, Ada!\n");
  assert.equal(existsSync(desk.db), true);
  const answers = await Promise.all([
    desk.ask("run ./jobs.mjs#greet --json"),
    desk.ask(["run", "./jobs.mjs#echo", "-p", "a=[1,null]"]),
    desk.ask("run ./jobs.mjs#echo --json"),
  ]);
  assert.deepEqual(answers, ['"Hello, world!"\n', '{"a":[1,null]}\n', "{}\n"]);
});

void test("what the job writes goes to stderr, and the answer to stdout", async (t) => {
  const desk = new Desk(t);
  const { status, stdout, stderr } = await desk.gigq("run ./jobs.mjs#talk");
  assert.deepEqual([status, stdout], [0, "an answer\n"]);
  assert.deepEqual(stderr.split("\n").sort(), ["", "to stderr", "to stdout"]);
});

void test("run exits as the job ended", async (t) => {
  const desk = new Desk(t);
  await desk.ask("init");
  const [failed, missing, timedOut, retried] = await Promise.all([
    desk.gigq("run ./jobs.mjs#fail --name a"),
    desk.gigq("run ./jobs.mjs#gret --name b --max-attempts 1"),
    desk.gigq("run ./jobs.mjs#hold --name c --timeout 0.2s --max-attempts 1 -p file=held"),
    desk.gigq("run ./jobs.mjs#secondTime --name d --retry-delay 0.1s -p file=tries"),
  ]);
  const seqs = new Map((await desk.queue.listJobs()).map((job) => [job.name, job.seq]));
  const why = `TypeError: ${desk.folder}/jobs.mjs has no export "gret". It exports: echo, fail, greet, hold, secondTime, stubborn, talk, where. Did you mean greet?`;
  assert.deepEqual(
    [failed, missing, timedOut, retried],
    [
      says({
        status: 10,
        stderr: `a #${seqs.get("a")} failed after 3 attempts: TypeError: bad header\n`,
      }),
      says({ status: 10, stderr: `b #${seqs.get("b")} failed after 1 attempt: ${why}\n` }),
      says({
        status: 11,
        stderr: `c #${seqs.get("c")} timed out after 1 attempt: ran past its timeout of 0.2 s\n`,
      }),
      says({ stdout: "2\n" }),
    ],
  );
});

void test("run works on its own job and on no other", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet --priority 9");
  assert.equal(await desk.ask("run ./jobs.mjs#greet"), "Hello, world!\n");
  const { pending, completed } = await desk.queue.stats();
  assert.deepEqual({ pending, completed }, { pending: 1, completed: 1 });
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  void test(`${signal} ends a run with 130; the job is cancelled, and its process is gone`, async (t) => {
    const desk = new Desk(t);
    const running = desk.start("run ./jobs.mjs#hold -p file=held");
    const [stdout, stderr] = [collect(running.stdout), collect(running.stderr)];
    const [pid] = await desk.pids("held");
    running.kill(signal);
    assert.deepEqual(await once(running, "close"), [130, null]);
    assert.deepEqual([stdout(), stderr()], ["", "interrupted: the job is cancelled\n"]);
    await eventually("the job's process to be gone", () => !isAlive(pid!));
    const { status, error, executions } = await desk.job(1);
    assert.deepEqual([status, error], ["cancelled", "cancelled while it was running"]);
    assert.deepEqual(
      executions.map((run) => run.status),
      ["cancelled"],
    );
  });
}

void test("a run that is killed takes the job's process with it", async (t) => {
  const desk = new Desk(t);
  const running = desk.start("run ./jobs.mjs#hold -p file=held");
  const [pid] = await desk.pids("held");
  running.kill("SIGKILL");
  await eventually("the job's process to be gone", () => !isAlive(pid!));
});
