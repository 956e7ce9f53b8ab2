import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { closeConnections, JobQueue, JobStatus } from "../../src/index.js";
import { gigq } from "../support/gigq.js";
import { Bench } from "./bench.js";

/** The keys of GigQ's `get_status`, as they are called here. */
const KEYS = [
  ..."exists id name status createdAt updatedAt attempts maxAttempts startedAt".split(" "),
  ..."completedAt params result error workerId executions".split(" "),
];

void test("a queue is created at its first use, unless it is told not to", async (t) => {
  const bench = new Bench(t);
  const careful = new JobQueue(bench.path, { initialize: false });
  t.after(() => careful.close());
  await assert.rejects(careful.stats(), { code: "no-queue" });
  assert.equal(existsSync(bench.path), false);
  await bench.submit("add");
  assert.equal((await careful.stats()).total, 1);
});

void test("JobStatus has GigQ's names and values", () => {
  assert.deepEqual(JobStatus, {
    PENDING: "pending",
    RUNNING: "running",
    COMPLETED: "completed",
    FAILED: "failed",
    CANCELLED: "cancelled",
    TIMEOUT: "timeout",
  });
});

void test("getStatus has all of GigQ's keys, filled in as the job lives", async (t) => {
  const bench = new Bench(t);
  const { id, working, letGo } = await bench.held(
    bench.worker({ workerId: "box", until: "drain" }),
    "hold",
    { name: "held", maxAttempts: 2 },
  );
  const running = await bench.info(id);
  for (const key of KEYS) assert.ok(Object.hasOwn(running, key), key);
  assert.deepEqual([running.name, running.status, running.workerId], ["held", "running", "box"]);
  assert.deepEqual([running.attempts, running.maxAttempts], [1, 2]);
  assert.deepEqual([running.completedAt, running.result, running.error], [null, null, null]);
  const [execution] = running.executions;
  assert.deepEqual(
    { ...execution, id: "" },
    {
      id: "",
      attempt: 1,
      status: "running",
      startedAt: running.startedAt,
      completedAt: null,
      workerId: "box",
      error: null,
    },
  );
  letGo();
  await working;
  const done = await bench.info(id);
  assert.deepEqual([done.status, done.workerId, done.result], ["completed", null, "let go"]);
  assert.deepEqual([done.executions[0]!.id, done.executions.length], [execution!.id, 1]);
  assert.equal(done.executions[0]!.status, "completed");
  assert.ok(done.createdAt <= done.startedAt! && done.startedAt! <= done.completedAt!);
  assert.ok(done.completedAt! <= done.updatedAt);
});

void test("a job that does not exist says so, and has no result to get", async (t) => {
  const { queue } = new Bench(t);
  assert.deepEqual(await queue.getStatus("nobody"), { exists: false });
  await assert.rejects(queue.getResult("nobody"), { code: "unknown-job" });
});

void test("getResult is undefined until the job has completed, and when it fails", async (t) => {
  const bench = new Bench(t);
  const [good, bad] = [
    await bench.submit("add", { params: { a: 20, b: 22 } }),
    await bench.submit("fail", { maxAttempts: 1 }),
  ];
  assert.equal(await bench.queue.getResult(good), undefined);
  await bench.drain();
  assert.equal(await bench.queue.getResult(good), 42);
  assert.equal(await bench.queue.getResult(bad), undefined);
});

void test("listJobs shows the newest first, by status if asked, and at most a hundred", async (t) => {
  const bench = new Bench(t);
  const jobs = Array.from({ length: 101 }, (_, index) => bench.job("add", { name: `${index}` }));
  await bench.queue.submitAll(jobs);
  await bench.queue.cancel(jobs[0]!.id);
  const names = async (options: Parameters<JobQueue["listJobs"]>[0]) =>
    (await bench.queue.listJobs(options)).map((job) => job.name);
  assert.equal((await names({})).length, 100);
  assert.deepEqual(await names({ limit: 2 }), ["100", "99"]);
  await assert.rejects(names({ status: "done" as JobStatus }), {
    code: "usage",
    message: 'there is no status "done"',
  });
  assert.deepEqual(await names({ status: JobStatus.CANCELLED }), ["0"]);
  assert.deepEqual(await names({ status: "pending", limit: 1 }), ["100"]);
  assert.deepEqual(await names({ status: "failed" }), []);
  const [listed] = await bench.queue.listJobs({ limit: 1 });
  const { executions, ...status } = await bench.info(jobs[100]!.id);
  assert.deepEqual([listed, executions], [status, []]);
});

void test("cancel is true for a pending job, and false for one that runs, is over, or does not exist", async (t) => {
  const bench = new Bench(t);
  const { id, working, letGo } = await bench.held(bench.worker({ until: "drain" }));
  const waiting = await bench.submit("add");
  assert.equal(await bench.queue.cancel(id), false);
  assert.equal(await bench.queue.cancel(waiting), true);
  assert.equal(await bench.queue.cancel(waiting), false);
  assert.equal(await bench.queue.cancel("nobody"), false);
  letGo();
  await working;
  assert.equal(await bench.queue.cancel(id), false);
  assert.equal((await bench.info(id)).status, "completed");
  assert.equal((await bench.info(waiting)).attempts, 0);
});

void test("requeueJob takes failed, timed out and cancelled jobs, and starts them over", async (t) => {
  const bench = new Bench(t);
  const params = { begun: bench.file("begun"), go: bench.file("go") };
  const cancelled = await bench.submit("add");
  await bench.queue.cancel(cancelled);
  const failed = await bench.submit("fail", { maxAttempts: 1 });
  const late = await bench.submit("hold", { params, maxAttempts: 1, timeout: 0.05 });
  const completed = await bench.submit("add");
  const pending = await bench.submit("add", { runAt: "2100-01-01T00:00:00Z" });
  await bench.drain();
  for (const [id, status] of [
    [cancelled, "cancelled"],
    [failed, "failed"],
    [late, "timeout"],
  ] as const) {
    assert.equal((await bench.info(id)).status, status);
    assert.equal(await bench.queue.requeueJob(id), true);
    const { status: now, attempts, error, completedAt } = await bench.info(id);
    assert.deepEqual([now, attempts, error, completedAt], ["pending", 0, null, null]);
  }
  for (const id of [completed, pending, "nobody"]) {
    assert.equal(await bench.queue.requeueJob(id), false);
  }
});

void test("clearCompleted removes completed and cancelled jobs, of any age or older than a moment", async (t) => {
  const bench = new Bench(t);
  await bench.submit("add");
  await bench.submit("fail", { maxAttempts: 1 });
  await bench.queue.cancel(await bench.submit("add"));
  await bench.drain();
  bench.clock.move(8 * 86_400);
  await bench.submit("add");
  await bench.drain();
  await bench.submit("add");
  const weekAgo = new Date(bench.clock.now() - 7 * 86_400_000);
  assert.equal(await bench.queue.clearCompleted(weekAgo.toISOString()), 2);
  assert.equal(await bench.queue.clearCompleted(), 1);
  const left = (await bench.queue.listJobs()).map((job) => job.status);
  assert.deepEqual(left, ["pending", "failed"]);
});

void test("stats counts every status, also those that nobody has, and the total", async (t) => {
  const bench = new Bench(t);
  await bench.submit("add");
  await bench.submit("fail", { maxAttempts: 1 });
  await bench.drain();
  await bench.queue.cancel(await bench.submit("add"));
  await bench.submit("add");
  const { pending, running, completed, failed, cancelled, timeout, total } =
    await bench.queue.stats();
  assert.deepEqual([pending, running, completed, failed], [1, 0, 1, 1]);
  assert.deepEqual([cancelled, timeout, total], [1, 0, 4]);
});

void test("what one process has submitted, another sees, also after a restart", async (t) => {
  const bench = new Bench(t);
  const id = await bench.submit("add", { name: "kept" });
  await bench.queue.close();
  const status = ["--db", bench.path, "--json", "status", id];
  const { stdout } = await gigq(status, { cwd: bench.folder });
  assert.equal(JSON.parse(stdout).name, "kept");
  assert.equal((await bench.info(id)).name, "kept");
});

void test("several queues do not know of each other, and each has its own workers", async (t) => {
  const [high, background] = [new Bench(t), new Bench(t)];
  const important = await high.submit("add", { params: { a: 1, b: 1 } });
  const other = await background.submit("add");
  await high.drain();
  assert.equal(await high.queue.getResult(important), 2);
  assert.deepEqual(await high.queue.getStatus(other), { exists: false });
  assert.equal((await background.info(other)).status, "pending");
});

void test("close and closeConnections let go of the database, and the next call opens it again", async (t) => {
  const bench = new Bench(t);
  const worker = bench.worker();
  await bench.submit("add");
  assert.equal(await worker.processOne(), true);
  await bench.queue.close();
  await bench.queue.close();
  assert.ok(existsSync(`${bench.path}-wal`), "the worker still has it open");
  await closeConnections();
  assert.equal(existsSync(`${bench.path}-wal`), false);
  assert.equal((await bench.queue.stats()).completed, 1);
});

void test("a program waits for the end of a job without asking again and again", async (t) => {
  const bench = new Bench(t);
  const id = await bench.submit("add", { params: { a: 1, b: 2 } });
  const waiting = bench.queue.wait([id], { timeout: 60 });
  await bench.drain();
  const [job] = await waiting;
  assert.deepEqual([job!.status, job!.result], ["completed", 3]);
});
