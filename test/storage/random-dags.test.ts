import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { systemClock } from "../../src/clock.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { DagPlayer } from "./dags/player.js";
import { type DagStep, LARGE, SMALL } from "./dags/steps.js";
import { MemoryStore } from "./memory-storage.js";

/** So many times as many runs as usual, for a night; `GIGQ_DAG_SEED` repeats one that failed. */
const TIMES = Number(process.env.GIGQ_DAG_TIMES || 1);
const SEED = process.env.GIGQ_DAG_SEED ? { seed: Number(process.env.GIGQ_DAG_SEED) } : {};

void test("on small random graphs everything is as the oracle says", {
  timeout: TIMES * 120_000,
}, async (t) => {
  const folder = quickFolder(t);
  const property = fc.asyncProperty(SMALL, async (steps) => {
    await play(folder, steps);
  });
  await fc.assert(property, { ...SEED, includeErrorInReport: true, numRuns: 60 * TIMES });
});

void test("on random graphs of 2,000 jobs everything is as the oracle says", {
  timeout: TIMES * 240_000,
}, async (t) => {
  const folder = quickFolder(t);
  const property = fc.asyncProperty(LARGE, async (steps) => {
    assert.equal(await play(folder, steps), 2_000);
  });
  await fc.assert(property, { ...SEED, includeErrorInReport: true, numRuns: 2 * TIMES });
});

void test("an engine in memory is held against the same oracle", {
  timeout: TIMES * 120_000,
}, async () => {
  const property = fc.asyncProperty(SMALL, async (steps) => {
    await new DagPlayer(await new MemoryStore().connect()).play(steps);
  });
  await fc.assert(property, { ...SEED, includeErrorInReport: true, numRuns: 30 * TIMES });
});

/** Answers how many jobs there were. */
async function play(folder: string, steps: readonly DagStep[]): Promise<number> {
  const home = mkdtempSync(join(folder, "run-"));
  const storage = await openSqlite(join(home, "queue.db"), { create: true, clock: systemClock });
  const player = new DagPlayer(storage);
  try {
    await player.play(steps);
  } finally {
    await storage.close();
    rmSync(home, { recursive: true });
  }
  return player.submitted;
}

/** In memory where there is such a folder: thousands of commits take long on a slow disk. */
function quickFolder(t: TestContext): string {
  if (!existsSync("/dev/shm")) return temporaryFolder(t);
  const folder = mkdtempSync("/dev/shm/gigq-test-");
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
