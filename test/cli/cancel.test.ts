import assert from "node:assert/strict";
import { test } from "node:test";
import { isAlive } from "../support/alive.js";
import { eventually } from "../support/eventually.js";
import { Desk, refuses, says } from "./desk.js";

void test("cancel cancels pending jobs and those that depend on them", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  await desk.ask("submit ./jobs.mjs#greet -n other");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 1 -n child");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 3");
  await desk.ask("submit ./jobs.mjs#greet");
  assert.deepEqual(
    await desk.gigq("cancel 1 2"),
    says({ stdout: "Cancelled greet #1 (and 2 that depended on it)\nCancelled other #2\n" }),
  );
  assert.deepEqual(JSON.parse(await desk.ask("cancel 5 --json")), [
    {
      id: (await desk.job(5)).id,
      seq: 5,
      name: "greet",
      status: "cancelled",
      changed: true,
      followed: 0,
    },
  ]);
  assert.equal((await desk.queue.stats()).cancelled, 5);
});

void test("what is over is not cancelled, and the others are all the same", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  await desk.work();
  await desk.ask("submit ./jobs.mjs#greet");
  const hint = "Only jobs that are not over can be cancelled";
  assert.deepEqual(
    await desk.gigq("cancel 1 2"),
    says({
      status: 4,
      stdout: "Cancelled greet #2\n",
      stderr: `gigq: #1 greet is completed already\n${hint}\n`,
    }),
  );
  const { status, stdout, stderr } = await desk.gigq("cancel 2 --json");
  assert.deepEqual([status, JSON.parse(stdout)[0].changed], [4, false]);
  assert.deepEqual(JSON.parse(stderr), {
    error: { code: "forbidden", message: "#2 greet is cancelled already", hint },
  });
});

void test("a job that is not there stops the call before anything is cancelled", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  assert.deepEqual(
    await desk.gigq("cancel 1 2"),
    refuses(3, "there is no job #2", "gigq list shows the jobs there are"),
  );
  assert.equal((await desk.job(1)).status, "pending");
});

void test("a running job is cancelled by force only, and then it is killed", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  desk.start("worker");
  const [pid] = await desk.pids("held");
  assert.deepEqual(
    await desk.gigq("cancel 1"),
    refuses(
      4,
      "#1 hold is running, and only pending jobs are cancelled",
      "To kill it: gigq cancel --force 1",
    ),
  );
  assert.ok(isAlive(pid!));
  assert.deepEqual(await desk.gigq("cancel --force 1"), says({ stdout: "Cancelled hold #1\n" }));
  await eventually("the job's process to be gone", () => !isAlive(pid!));
  const { status, error, attempts } = await desk.job(1);
  assert.deepEqual([status, error, attempts], ["cancelled", "cancelled while it was running", 1]);
});

void test("a worker that does not answer is told of, and kills the job once it does", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const worker = desk.start("worker --worker-id box");
  await desk.pids("held");
  worker.kill("SIGSTOP");
  assert.deepEqual(
    await desk.gigq("cancel --force 1"),
    refuses(
      4,
      "#1 hold still runs: its worker box has not answered in 10 s",
      "It is cancelled as soon as the worker sees it; is the worker alive?",
    ),
  );
  worker.kill("SIGCONT");
  const [job] = await desk.queue.wait([1]);
  assert.equal(job!.status, "cancelled");
});

void test("cancel --downstream also cancels those that would have waited, or run", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet -n top");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 1 --on-parent-failure wait");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 2 --on-parent-failure run");
  await desk.ask("submit ./jobs.mjs#greet");
  assert.equal(
    await desk.ask("cancel --downstream 1"),
    "Cancelled top #1 (and 2 that depended on it)\n",
  );
  assert.equal((await desk.queue.stats()).cancelled, 3);
  assert.equal((await desk.job(3)).error, "cancelled with #2, on which it depends");
  assert.equal(await desk.ask("requeue 1"), "Requeued top #1 (and 2 that depended on it)\n");
  assert.equal((await desk.queue.stats()).cancelled, 0);
});

void test("of a job that is over, cancel --downstream cancels what depends on it", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#fail --max-attempts 1");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 1 --on-parent-failure wait");
  await desk.work();
  assert.equal(
    await desk.ask("cancel --downstream 1"),
    "Cancelled 1 job that depended on fail #1\n",
  );
  assert.deepEqual(
    await desk.gigq("cancel --downstream 1"),
    refuses(
      4,
      "#1 fail is failed already, and nothing that depends on it is left to cancel",
      "Only jobs that are not over can be cancelled",
    ),
  );
  await desk.queue.requeueAll([2]);
  const [answer] = JSON.parse(await desk.ask("cancel --downstream 1 --json"));
  assert.deepEqual([answer.status, answer.changed, answer.followed], ["failed", false, 1]);
});

void test("cancel --downstream of a running job needs --force, which kills all that run", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#fail --max-attempts 1");
  await desk.ask("submit ./jobs.mjs#hold -p file=held --depends-on 1 --on-parent-failure run");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 2 --on-parent-failure wait");
  desk.start("worker");
  const [pid] = await desk.pids("held");
  assert.deepEqual(
    await desk.gigq("cancel --downstream 2"),
    refuses(
      4,
      "#2 hold is running, and only pending jobs are cancelled",
      "To kill it: gigq cancel --force --downstream 2",
    ),
  );
  assert.equal((await desk.job(3)).status, "pending");
  assert.equal(
    await desk.ask("cancel --force --downstream 1"),
    "Cancelled 2 jobs that depended on fail #1\n",
  );
  await desk.queue.wait([2, 3]);
  await eventually("the job's process to be gone", () => !isAlive(pid!));
  assert.equal((await desk.queue.stats()).cancelled, 2);
});
