import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { type Clock, systemClock } from "../../src/clock.js";
import { workerRecord } from "../../src/storage/contract/scene.js";
import { spec } from "../../src/storage/contract/spec.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import type { Storage } from "../../src/storage/storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** So often a call finds the database held before it is let go: about a second. */
const WAITS = 6;

const CALLS: readonly (readonly [string, (storage: Storage) => Promise<unknown>])[] = [
  ["an insert", (storage) => storage.insert([spec()], 1)],
  ["a change", (storage) => storage.change([1], "cancel", 1)],
  [
    "a claim",
    (storage) =>
      storage.advance({ worker: "w", settlements: [], claimants: ["w"], firstTurn: 1, now: 1 }),
  ],
];

for (const [what, call] of CALLS) {
  void test(`${what} waits while another holds the database, and then goes on`, async (t) => {
    const { clock, holder, storage } = await heldAfterOneJob(t);
    clock.onWait = (waits) => {
      if (waits === WAITS) holder.exec("rollback");
    };
    holder.exec("begin immediate");
    await call(storage);
    assert.equal(clock.waits, WAITS);
  });
}

void test("reading does not wait for one who writes", async (t) => {
  const { clock, holder, storage } = await heldAfterOneJob(t);
  holder.exec("begin immediate");
  holder.exec("update job set name = 'renamed'");
  const [job] = await storage.get([1]);
  assert.equal(job?.name, "job");
  assert.equal(clock.waits, 0);
});

void test("a queue can be opened while another holds it", async (t) => {
  const { path, holder } = await heldAfterOneJob(t);
  holder.exec("begin immediate");
  const second = await openSqlite(path, { create: false, clock: systemClock });
  t.after(() => second.close());
  assert.equal((await second.counts()).pending, 1);
});

async function heldAfterOneJob(t: TestContext) {
  const path = join(temporaryFolder(t), "queue.db");
  const clock = new WaitingClock();
  const storage = await openSqlite(path, { create: true, clock });
  await storage.insert([spec()], 1);
  await storage.enlist(workerRecord("w"));
  const holder = new Database(path);
  t.after(async () => {
    holder.close();
    await storage.close();
  });
  return { path, clock, storage, holder };
}

/** The real clock, which tells when somebody begins to wait. */
class WaitingClock implements Clock {
  waits = 0;
  onWait: (waits: number) => void = () => {};

  now(): number {
    return systemClock.now();
  }

  after(ms: number, action: () => void): () => void {
    this.onWait(++this.waits);
    return systemClock.after(ms, action);
  }
}
