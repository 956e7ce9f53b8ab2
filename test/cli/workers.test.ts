import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { said } from "../support/gigq.js";
import { Desk } from "./desk.js";

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
