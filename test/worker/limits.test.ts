import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { canMeasureMemory } from "../../src/executor/memory.js";
import { Worker, type WorkerOptions } from "../../src/index.js";
import { isAlive } from "../support/alive.js";
import { eventually } from "../support/eventually.js";
import { fixture } from "../support/paths.js";
import { Place } from "../support/worker.js";

void test("an idle worker has no children left, and runs the next job at once", async (t) => {
  const place = new Place(t);
  const concurrency = 8;
  const worker = place.worker({ concurrency, idleTimeout: 0.5 });
  const file = `${place.folder}/trace`;
  const working = worker.start();
  const meeting = Array.from({ length: concurrency }, (_, name) =>
    place.job("trace", { params: { file, name, ms: 300 } }),
  );
  await place.queue.submitAll(meeting);
  await worker.heard("ended", concurrency);
  const begun = readFileSync(file, "utf8").matchAll(/^begin \d+ (\d+)$/gm);
  const pids = [...new Set([...begun].map(([, pid]) => Number(pid)))];
  assert.ok(pids.length > 1, "several children");
  await eventually("all children to leave", () => !pids.some(isAlive));
  const id = await place.submit("add", { params: { a: 1, b: 2 } });
  await worker.heard("ended", concurrency + 1);
  assert.equal(await place.queue.getResult(id), 3);
  assert.deepEqual(worker.of("released"), []);
  await worker.stop();
  await working;
});

void test("an attempt that takes too much memory fails, and is tried again", {
  skip: !canMeasureMemory(),
}, async (t) => {
  const place = new Place(t);
  const worker = place.worker({ maxRss: 200 * 2 ** 20, until: "drain" });
  const id = await place.queue.submit(
    place.jobAt(`${fixture("executor/leaks.mjs")}#grow`, {
      params: { trace: `${place.folder}/trace` },
      maxAttempts: 2,
    }),
  );
  await worker.start();
  const job = await place.queue.getStatus(id);
  assert.ok(job.exists);
  assert.equal(job.status, "failed");
  for (const { error } of job.executions) {
    assert.match(error!, /^its process grew to \d+ MB, past the limit of 200 MB, and was killed$/);
  }
  assert.equal(job.executions.length, 2);
});

void test("a worker with a root loads nothing from outside of it; one without does", async (t) => {
  const place = new Place(t);
  const id = await place.submit("add", { params: { a: 1, b: 2 }, maxAttempts: 1 });
  await place.worker({ root: place.folder, until: "drain" }).start();
  const refused = await place.queue.getStatus(id);
  assert.ok(refused.exists);
  const module = fixture("worker/jobs.mjs");
  const said = `Error: ${module} is outside of --root ${place.folder}, and is not loaded\n    while loading ${module}`;
  assert.deepEqual([refused.status, refused.error], ["failed", said]);
  await place.queue.requeueJob(id);
  await place.worker({ until: "drain" }).start();
  assert.equal(await place.queue.getResult(id), 3);
});

void test("limits that make no sense are refused", () => {
  const wrong: WorkerOptions[] = [
    { maxRss: 0 },
    { maxRss: Number.NaN },
    { maxRss: 2 ** 20 },
    { maxRss: 2 ** 30, isolation: "thread" },
    { maxRss: 2 ** 30, isolation: "inline" },
    { maxJobsPerChild: 0 },
    { maxJobsPerChild: 1.5 },
    { maxJobsPerChild: 3, isolation: "inline" },
    { idleTimeout: 0 },
    { idleTimeout: Number.NaN },
    { idleTimeout: 1, isolation: "inline" },
  ];
  for (const options of wrong) {
    assert.throws(() => new Worker("gigq.db", options), { code: "usage" }, JSON.stringify(options));
  }
});
