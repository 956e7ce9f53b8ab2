import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { systemClock } from "../../src/clock.js";
import { workerRecord } from "../../src/storage/contract/scene.js";
import { spec } from "../../src/storage/contract/spec.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";

void test("a first claim by name that could not be written is made again", async (t) => {
  const path = join(temporaryFolder(t), "queue.db");
  const storage = await openSqlite(path, { create: true, clock: systemClock });
  t.after(() => storage.close());
  const other = new Database(path);
  t.after(() => other.close());
  const now = systemClock.now();
  await storage.enlist(workerRecord("w"));
  // Due, and not ready before a claim finds that it is.
  await storage.insert([spec({ name: "report-1", runAt: now - 1 })], now - 1_000);
  other.exec(`create trigger refusal before update of worker_key on job
    begin select raise(abort, 'refused'); end`);
  const step = {
    ...{ worker: "w", settlements: [], claimants: ["w-0"], firstTurn: 1, now },
    filter: { minPriority: null, names: ["report-*"] },
  };
  await assert.rejects(storage.advance(step), /refused/);
  other.exec("drop trigger refusal");
  const { claims } = await storage.advance(step);
  assert.deepEqual(
    claims.map(({ job }) => job.name),
    ["report-1"],
  );
});
