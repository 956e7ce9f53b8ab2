import assert from "node:assert/strict";
import { closeSync, openSync, statSync } from "node:fs";
import { test } from "node:test";
import type { JobInfo } from "../../src/index.js";
import { Trace } from "../support/trace.js";
import { Place } from "../support/worker.js";

void test("a worker that is stopped lets running jobs finish and takes no more", async (t) => {
  const place = new Place(t);
  const trace = new Trace(t);
  const file = trace.path;
  for (const name of ["a", "b", "c"])
    await place.submit("trace", { params: { file, name, ms: 300 } });
  const worker = place.worker();
  const working = worker.start();
  await trace.line("begin a");
  await worker.stop();
  await working;
  assert.match(trace.lines().join("\n"), /^begin a \d+\nend a$/);
  const stats = await place.queue.stats();
  assert.deepEqual([stats.completed, stats.pending, stats.running], [1, 2, 0]);
});

void test("a job that does not finish in time is given back, and no attempt is used up", async (t) => {
  const place = new Place(t);
  const id = await place.submit("untilStopped");
  const worker = place.worker({ shutdownTimeout: 0.1, abortGrace: 0.1, killGrace: 0.1 });
  const working = worker.start();
  await worker.heard("begun");
  await worker.stop();
  await working;
  const job = (await place.queue.getStatus(id)) as JobInfo;
  assert.deepEqual([job.status, job.attempts, job.executions], ["pending", 0, []]);
  assert.equal(worker.of("released").length, 1);
});

void test("a worker that is stopped twice kills what runs at once", async (t) => {
  const place = new Place(t);
  const id = await place.submit("spin");
  const worker = place.worker({ shutdownTimeout: 3600, abortGrace: 3600, killGrace: 3600 });
  const working = worker.start();
  await worker.heard("begun");
  const first = worker.stop();
  const second = worker.stop();
  await Promise.all([first, second, working]);
  const job = (await place.queue.getStatus(id)) as JobInfo;
  assert.deepEqual([job.status, job.attempts], ["pending", 0]);
});

void test("a running job that is cancelled by force is killed, and ends as cancelled", async (t) => {
  const place = new Place(t);
  const id = await place.submit("spin");
  const worker = place.worker({ abortGrace: 0.05, killGrace: 0.1 });
  const working = worker.start();
  await worker.heard("begun");
  assert.equal(await place.queue.cancel(id), false);
  assert.equal(await place.queue.cancel(id, { force: true }), true);
  await worker.heard("ended");
  await worker.stop();
  await working;
  const job = (await place.queue.getStatus(id)) as JobInfo;
  assert.equal(job.status, "cancelled");
  assert.deepEqual(
    job.executions.map((run) => run.status),
    ["cancelled"],
  );
});

void test("short jobs that were sent ahead come back when the worker stops", async (t) => {
  const place = new Place(t);
  const count = 3_000;
  await place.queue.submitAll(
    Array.from({ length: count }, () => place.job("add", { params: { a: 1, b: 1 } })),
  );
  const worker = place.worker({ concurrency: 2 });
  const working = worker.start();
  await worker.heard("ended", 50);
  await worker.stop();
  await working;
  const stats = await place.queue.stats();
  assert.equal(stats.running, 0);
  assert.equal(stats.completed + stats.pending, count);
  const pending = await place.queue.listJobs({ status: "pending", limit: count });
  assert.ok(pending.every((job) => job.attempts === 0));
});

for (const isolation of ["process", "inline"] as const) {
  void test(`a worker that was stopped at once can work again, as a new one (${isolation})`, async (t) => {
    const place = new Place(t);
    await place.submit("untilStopped");
    const worker = place.worker({ isolation, shutdownTimeout: 0 });
    const working = worker.start();
    await worker.heard("begun");
    await worker.stop();
    await working;
    await place.queue.cancel(1);
    // Takes the number of whatever was closed.
    const path = `${place.folder}/of somebody else`;
    const fds = Array.from({ length: 20 }, () => openSync(path, "w+"));
    t.after(() => {
      for (const fd of fds) closeSync(fd);
    });
    await place.submit("add", { params: { a: 1, b: 2 } });
    assert.equal(await worker.processOne(), true);
    assert.equal(await place.queue.getResult(2), 3);
    assert.equal(statSync(path).size, 0);
  });
}
