import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { systemClock } from "../../src/clock.js";
import { spec } from "../../src/storage/contract/spec.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { said } from "../support/gigq.js";
import { PROJECT } from "../support/paths.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const MIB = 1024 * 1024;

/** So much is written in one go. */
const PORTION_MIB = 8;

void test("the log stays short although somebody reads all the time", async (t) => {
  const { path, write, logBytes } = await busyQueue(t);
  const reader = spawn(process.execPath, [`${PROJECT}dist/test/storage/reader.js`, path]);
  t.after(() => reader.kill("SIGKILL"));
  await said(reader.stdout, /reading/);
  let longest = 0;
  for (let written = 0; written < 320; written += PORTION_MIB) {
    await write();
    longest = Math.max(longest, logBytes());
  }
  assert.ok(longest < 160 * MIB, `${longest / MIB} MiB`);
});

void test("the log grows while somebody keeps reading the past, and shrinks when that is over", async (t) => {
  const { path, write, logBytes } = await busyQueue(t);
  const reader = new Database(path, { readonly: true });
  reader.exec("begin");
  reader.prepare("select count(*) from job").get();
  while (logBytes() < 100 * MIB) await write();
  reader.close();
  for (let rounds = 0; logBytes() > 16 * MIB; rounds++) {
    assert.ok(rounds < 100, `${logBytes() / MIB} MiB`);
    await write();
  }
});

/** A queue, and a worker's connection to it that moves time on by a second each time it writes. */
async function busyQueue(t: TestContext) {
  const path = join(temporaryFolder(t), "queue.db");
  let now = systemClock.now();
  const clock = { now: () => now, after: systemClock.after };
  const storage = await openSqlite(path, { create: true, clock });
  t.after(() => storage.close());
  const params = JSON.stringify({ text: "x".repeat(MIB) });
  const write = async () => {
    const jobs = Array.from({ length: PORTION_MIB }, () => spec({ params }));
    await storage.insert(jobs, now);
    now += 1_000;
    await storage.advance({ worker: "w", settlements: [], claimants: [], firstTurn: 0, now });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { path, write, logBytes: () => statSync(`${path}-wal`).size };
}
