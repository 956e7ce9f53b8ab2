import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import Database from "better-sqlite3";
import { eventually } from "../support/eventually.js";
import { Place } from "../support/worker.js";

const DAY_MS = 86_400_000;

void test("a worker removes what ended long ago, and keeps the young and what others need", async (t) => {
  const place = new Place(t);
  const large = "x".repeat(20_000);
  const old = Array.from({ length: 500 }, () =>
    place.job("add", { params: { a: 1, b: 1, large } }),
  );
  const parent = place.job("add", { params: { a: 1, b: 1 } });
  const failed = place.job("fail", { maxAttempts: 1 });
  const young = place.job("add", { params: { a: 1, b: 1 } });
  await place.queue.submitAll([...old, parent, failed, young]);
  await place.worker({ until: "drain", isolation: "inline" }).start();
  await place.submit("add", { dependencies: [parent.id], runAt: new Date(Date.now() + DAY_MS) });
  const db = new Database(place.path);
  t.after(() => db.close());
  db.prepare("update job set finished_at = finished_at - ? where id <> ?").run(
    8 * DAY_MS,
    young.id,
  );
  db.pragma("wal_checkpoint(truncate)");
  const before = statSync(place.path).size;
  const worker = place.worker({ keep: 7 * 86_400, isolation: "inline" });
  const working = worker.start();
  await worker.heard("cleared");
  assert.deepEqual(worker.of("cleared"), [
    { type: "cleared", workerId: worker.workerId, jobs: 500 },
  ]);
  // The worker works all the same.
  await place.queue.wait([await place.submit("add", { params: { a: 1, b: 1 } })], { timeout: 30 });
  await eventually("space to be given back", () => statSync(place.path).size < before / 4);
  await worker.stop();
  await working;
  const left = (await place.queue.listJobs()).map(({ seq, status }) => `${seq} ${status}`);
  assert.deepEqual(left, [
    "505 completed",
    "504 pending",
    "503 completed",
    "502 failed",
    "501 completed",
  ]);
});

void test("a worker keeps everything unless it is told otherwise", async (t) => {
  const place = new Place(t);
  await place.submit("add", { params: { a: 1, b: 1 } });
  const drain = () => place.worker({ until: "drain", isolation: "inline" });
  await drain().start();
  const db = new Database(place.path);
  t.after(() => db.close());
  db.prepare("update job set finished_at = 1").run();
  const worker = drain();
  await worker.start();
  assert.deepEqual(worker.of("cleared"), []);
  assert.equal((await place.queue.stats()).completed, 1);
});

void test("a time to keep that is none is refused", (t) => {
  const place = new Place(t);
  for (const keep of [-1, Number.NaN, 1e12]) {
    assert.throws(() => place.worker({ keep }), { code: "usage", message: `keep is ${keep}` });
  }
});
