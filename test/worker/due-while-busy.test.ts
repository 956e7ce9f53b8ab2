import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../src/clock.js";
import { Job, JobQueue } from "../../src/index.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { Worker } from "../../src/worker/worker.js";
import { eventually } from "../support/eventually.js";
import { fixture } from "../support/paths.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const job = (name: string, rules = {}) =>
  new Job({ function: `${fixture("worker/jobs.mjs")}#${name}`, ...rules });

void test("with all slots taken, a worker does not look again and again at a job that is due", async (t) => {
  const path = join(temporaryFolder(t), "gigq.db");
  const storage = await openSqlite(path, { create: true, clock: systemClock });
  t.after(() => storage.close());
  let looks = 0;
  const advance = storage.advance.bind(storage);
  storage.advance = (step) => {
    looks += 1;
    return advance(step);
  };
  const queue = new JobQueue(storage);
  const events: string[] = [];
  const worker = new Worker(storage, {
    ...{ isolation: "inline", pollingInterval: 60, shutdownTimeout: 0, abortGrace: 0.1 },
    onEvent: ({ type }) => events.push(type),
  });
  t.after(() => worker.close());
  const busy = await queue.submit(job("untilStopped"));
  const working = worker.start();
  await eventually("the job to begin", () => events.includes("begun"));
  const dueAt = Date.now() + 100;
  const due = await queue.submit(job("add", { params: { a: 1, b: 2 }, runAt: new Date(dueAt) }));
  await eventually("it to be due", () => Date.now() > dueAt + 50);
  looks = 0;
  await eventually("many a look, were it in vain", () => Date.now() > dueAt + 500);
  assert.ok(looks <= 5, `${looks} looks`);
  await queue.cancel(busy, { force: true });
  const [ended] = await queue.wait([due], { timeout: 60 });
  assert.equal(ended!.result, 3);
  await worker.stop();
  await working;
});
