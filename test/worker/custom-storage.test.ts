import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type TestContext, test } from "node:test";
import {
  closeConnections,
  type Isolation,
  Job,
  type JobOptions,
  JobQueue,
  type Storage,
  Worker,
  type WorkerEvent,
  type WorkerOptions,
} from "../../src/index.js";
import { workerRecord } from "../../src/storage/contract/scene.js";
import { MemoryStore } from "../storage/memory-storage.js";
import { eventually } from "../support/eventually.js";
import { fixture } from "../support/paths.js";

const ISOLATIONS: readonly Isolation[] = ["process", "thread", "inline"];

for (const isolation of ISOLATIONS) {
  void test(`a worker runs a whole family out of somebody else's storage: ${isolation}`, async (t) => {
    const { queue, work } = await place(t);
    const parts = [1, 2, 3].map((b) => job("add", { params: { a: 0, b } }));
    const sum = job("sumOfParents", { dependencies: parts.map(({ id }) => id) });
    const bad = job("fail", { maxAttempts: 2 });
    const orphan = job("add", { dependencies: [bad.id] });
    const ids = await queue.submitAll([sum, ...parts, bad, orphan]);
    assert.equal(ids[0], sum.id);
    await work({ isolation, concurrency: 2, until: "drain" });
    assert.equal(await queue.getResult(sum.id), 6);
    const { completed, failed, cancelled } = await queue.stats();
    assert.deepEqual({ completed, failed, cancelled }, { completed: 4, failed: 1, cancelled: 1 });
    const status = await queue.getStatus(bad.id);
    assert.ok(status.exists);
    assert.deepEqual(
      status.executions.map((run) => run.status),
      ["failed", "failed"],
    );
    assert.equal((await queue.clear({ statuses: ["completed", "failed", "cancelled"] })).total, 6);
  });
}

void test("a worker that is idle hears of a job in a custom storage, and of its killing", async (t) => {
  const { queue, work, events } = await place(t);
  const working = work({ pollingInterval: 600, abortGrace: 0.1, killGrace: 0.1 });
  await eventually("the worker to start", () => events.some(({ type }) => type === "started"));
  const id = await queue.submit(job("spin", { timeout: null }));
  await eventually("the job to begin", () => events.some(({ type }) => type === "begun"));
  assert.equal(await queue.cancel(id, { force: true }), true);
  const [ended] = await queue.wait([id], { timeout: 60 });
  assert.equal(ended!.status, "cancelled");
  await working.stop();
});

void test("what a job writes is kept in a custom storage", async (t) => {
  const { queue, work } = await place(t);
  const address = `${fixture("executor/output.mjs")}#say`;
  const id = await queue.submit(new Job({ function: address, params: { text: "hello" } }));
  await work({ until: "once" });
  const lines: string[] = [];
  for await (const entry of queue.readLogs(id)) if ("text" in entry) lines.push(entry.text);
  assert.deepEqual(lines.sort(), ["err hello", "log hello { n: 1 }", "out hello"]);
});

void test("who has opened a storage closes it: queues and workers do not", async (t) => {
  const { storage, queue, work, closings } = await place(t);
  const id = await queue.submit(job("add", { params: { a: 1, b: 2 } }));
  await work({ isolation: "inline", until: "once" });
  await queue.close();
  await closeConnections();
  assert.equal(closings(), 0);
  assert.equal(await queue.getResult(id), 3);
  await storage.close();
  assert.equal(closings(), 1);
});

void test("a queue on a custom storage says so where others name their file", async (t) => {
  const { queue, work, events } = await place(t);
  assert.equal(queue.location, "custom storage");
  await work({ isolation: "inline", until: "drain" });
  const [started] = events;
  assert.ok(started?.type === "started");
  assert.equal(started.location, "custom storage");
});

void test("a worker leaves nothing in the meeting place of a custom storage", async (t) => {
  const { storage, work, queue } = await place(t);
  await queue.submit(job("add", { params: { a: 1, b: 2 } }));
  await work({ until: "drain" });
  await closeConnections();
  assert.deepEqual(await storage.workers(), []);
  assert.equal(existsSync(storage.meetingPlace), false);
});

void test("what a dead worker had of a custom storage is taken up by the next", async (t) => {
  const { storage, queue, work, events } = await place(t);
  const [lost, last] = [job("add", { params: { a: 1, b: 2 } }), job("add", { maxAttempts: 1 })];
  await queue.submitAll([lost, last]);
  const key = "0123456789ab";
  const dead = { ...workerRecord("dead"), key };
  await storage.enlist(dead);
  const step = { worker: key, settlements: [], firstTurn: 1, now: Date.now() };
  await storage.advance({ ...step, claimants: ["dead-0", "dead-1"] });
  await work({ isolation: "inline", until: "drain" });
  assert.equal(await queue.getResult(lost.id), 3);
  const status = await queue.getStatus(last.id);
  assert.ok(status.exists);
  assert.equal(status.error, "its worker dead-1 died while it ran");
  assert.equal(events.filter(({ type }) => type === "lost").length, 2);
});

void test("what is no storage is refused, and what it lacks is named", async () => {
  const half = { insert() {}, get() {}, meetingPlace: "/tmp/x" } as unknown as Storage;
  await assert.rejects(new JobQueue(half).stats(), {
    code: "usage",
    message: /^this is no storage, for it lacks: list, counts, .*close, identity$/,
  });
  await assert.rejects(new Worker(42 as unknown as Storage).processOne(), {
    code: "usage",
    message: "42 is neither a path nor a storage",
  });
});

function job(name: string, rules: Omit<JobOptions, "function"> = {}): Job {
  return new Job({ function: `${fixture("worker/jobs.mjs")}#${name}`, ...rules });
}

async function place(t: TestContext) {
  const storage = await new MemoryStore().connect();
  let closed = 0;
  const close = storage.close.bind(storage);
  storage.close = () => {
    closed += 1;
    return close();
  };
  const queue = new JobQueue(storage);
  const events: WorkerEvent[] = [];
  const work = (options: WorkerOptions): Promise<void> & { stop(): Promise<void> } => {
    const worker = new Worker(storage, { ...options, onEvent: (event) => events.push(event) });
    t.after(() => worker.close());
    const working = worker.start();
    return Object.assign(working, { stop: () => worker.stop() });
  };
  return { storage, queue, work, events, closings: () => closed };
}
