import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import fc from "fast-check";
import { systemClock } from "../../src/clock.js";
import { workerRecord } from "../../src/storage/contract/scene.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { WALK } from "./steps.js";
import { Walk } from "./walk.js";

void test("on random walks a storage never parts from the model", {
  timeout: 300_000,
}, async (t) => {
  const folder = quickFolder(t);
  let walks = 0;
  const property = fc.asyncProperty(WALK, async (steps) => {
    const home = join(folder, String(++walks));
    mkdirSync(home);
    const path = join(home, "queue.db");
    const storage = await openSqlite(path, { create: true, clock: systemClock });
    for (const key of ["a", "b"]) await storage.enlist(workerRecord(key));
    try {
      await new Walk(storage).take(steps);
    } finally {
      await storage.close();
    }
    isSound(path);
    rmSync(home, { recursive: true });
  });
  await fc.assert(property, { numRuns: 500 });
});

/** In memory where there is such a folder: ten thousand commits take long on a slow disk. */
function quickFolder(t: TestContext): string {
  if (!existsSync("/dev/shm")) return temporaryFolder(t);
  const folder = mkdtempSync("/dev/shm/gigq-test-");
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Whole, with every reference pointing somewhere, and nothing left over from what was removed. */
function isSound(path: string): void {
  const db = new Database(path, { readonly: true });
  try {
    assert.deepEqual(db.pragma("integrity_check", { simple: true }), "ok");
    assert.deepEqual(db.pragma("foreign_key_check"), []);
  } finally {
    db.close();
  }
}
