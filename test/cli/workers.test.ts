import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { collect, said } from "../support/gigq.js";
import { Desk, says } from "./desk.js";

void test("a queue tells of its workers, and of what each has in hand", async (t) => {
  const desk = new Desk(t);
  await desk.queue.open();
  assert.deepEqual(await desk.queue.workers(), []);
  const [idle, busy] = [
    desk.start("worker --worker-id idle --isolation thread"),
    desk.start("worker --worker-id busy -c 2"),
  ];
  await Promise.all([said(idle.stderr, /threads/), said(busy.stderr, /child processes/)]);
  idle.kill("SIGSTOP");
  t.after(() => idle.kill("SIGCONT"));
  const id = (await desk.ask("submit ./jobs.mjs#hold -p file=held")).trim();
  await desk.pids("held");
  const workers = await desk.queue.workers();
  const [first, second] = ["idle", "busy"].map(
    (name) => workers.find(({ workerId }) => workerId === name)!,
  );
  const common = { host: hostname(), minPriority: null, names: null, state: "alive" };
  assert.deepEqual(
    { ...first, key: "", startedAt: "" },
    {
      ...{ workerId: "idle", key: "", pid: idle.pid, startedAt: "", ...common },
      ...{ concurrency: 1, isolation: "thread", jobs: [] },
    },
  );
  const slot = (await desk.job(1)).workerId;
  const startedAt = second!.jobs[0]?.startedAt;
  assert.deepEqual(
    { ...second, key: "", startedAt: "" },
    {
      ...{ workerId: "busy", key: "", pid: busy.pid, startedAt: "", ...common },
      ...{ concurrency: 2, isolation: "process" },
      jobs: [{ id, seq: 1, name: "hold", attempt: 1, slot, startedAt }],
    },
  );
  assert.equal(startedAt, (await desk.job(1)).startedAt);
  assert.match(slot!, /^busy-[01]$/);
  assert.notEqual(first!.key, second!.key);
  assert.ok(Date.parse(second!.startedAt) <= Date.parse(startedAt!));
});

void test("gigq workers shows who takes which jobs, and has which in hand", async (t) => {
  const desk = new Desk(t);
  await desk.ask("init");
  const nobody = await desk.gigq("workers");
  assert.deepEqual(nobody, says({ stderr: "No worker is alive\nStart one with: gigq worker\n" }));
  assert.deepEqual(
    await desk.gigq("workers --json"),
    says({ stdout: "[]\n", stderr: nobody.stderr }),
  );
  for (const name of ["report-1", "report-2", "import"]) {
    await desk.ask(`submit ./jobs.mjs#hold --name ${name} --priority 5 -p file=held`);
  }
  const picky = desk.start(
    "worker --worker-id picky -c 3 --min-priority -1 --name report-* --name rare",
  );
  const stderr = collect(picky.stderr);
  await desk.pids("held", 2);
  assert.match(stderr(), /· child processes · only priority -1 and up · report-\*, rare\n/);
  const [heads, row, ...rest] = (await desk.ask("workers")).split("\n");
  assert.match(heads!, /^WORKER +STATE +HOST +PID +AGE +BUSY +ISOLATION +TAKES +JOBS$/);
  const [, pid, takes] =
    /^picky +alive +\S+ +(\d+) +\S+ +2\/3 +process +(\S.*?) {2,}#1 report-1, #2 report-2$/.exec(
      row!,
    )!;
  assert.deepEqual([Number(pid), takes], [picky.pid, "priority -1 and up · report-*, rare"]);
  assert.deepEqual(rest, [""]);
  const [known] = JSON.parse(await desk.ask("workers --json"));
  assert.deepEqual(
    [known.workerId, known.names, known.jobs.length],
    ["picky", ["report-*", "rare"], 2],
  );
  picky.kill("SIGKILL");
  await once(picky, "close");
  const { status, stdout, stderr: hint } = await desk.gigq("workers");
  assert.match(stdout, /\npicky +dead /);
  assert.deepEqual(
    [status, hint],
    [
      0,
      "No worker is alive\nStart one with: gigq worker; it takes care of what the dead ones left, too\n",
    ],
  );
});

void test("gigq workers creates no queue", async (t) => {
  const desk = new Desk(t);
  assert.equal((await desk.gigq("workers")).status, 5);
  assert.equal(existsSync(desk.db), false);
});

void test("with --drain, a worker stops when nothing is ready that it takes", async (t) => {
  const desk = new Desk(t);
  for (const name of ["a", "b", "a"]) await desk.ask(`submit ./jobs.mjs#greet --name ${name}`);
  assert.equal((await desk.gigq("worker --drain --name a")).status, 0);
  const { pending, completed } = await desk.queue.stats();
  assert.deepEqual({ pending, completed }, { pending: 1, completed: 2 });
  assert.equal((await desk.gigq("worker --drain --min-priority 1")).status, 0);
  assert.equal((await desk.queue.stats()).pending, 1);
});

void test("a killed worker is dead until another has taken care of it, and one that ended is not known", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const worker = desk.start("worker --worker-id box");
  await desk.pids("held");
  worker.kill("SIGKILL");
  await once(worker, "close");
  const [dead, ...others] = await desk.queue.workers();
  assert.deepEqual([dead?.workerId, dead?.state, others], ["box", "dead", []]);
  assert.deepEqual(
    dead!.jobs.map(({ seq }) => seq),
    [1],
  );
  const other = desk.start("worker --worker-id other");
  await desk.pids("held", 2);
  while ((await desk.queue.workers()).length !== 1) await setImmediate();
  const [alive] = await desk.queue.workers();
  assert.deepEqual([alive?.workerId, alive?.state], ["other", "alive"]);
  writeFileSync(desk.path("held.go"), "");
  other.kill("SIGTERM");
  assert.deepEqual(await once(other, "close"), [0, null]);
  assert.deepEqual(await desk.queue.workers(), []);
});
