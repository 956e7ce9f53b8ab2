import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../src/clock.js";
import { GigqError, isGigqError } from "../../src/errors.js";
import { patiently } from "../../src/storage/sqlite/patience.js";

/** Time that passes at once. */
const HASTY: Clock = {
  now: () => 0,
  after: (_ms, action) => {
    setImmediate(action);
    return () => {};
  },
};

void test("what is busy is tried again until it succeeds", async () => {
  let tries = 0;
  const done = await patiently(HASTY, "q.db", () => {
    tries += 1;
    if (tries < 10)
      throw sqlite(["SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED"][tries % 3]!);
    return "done";
  });
  assert.deepEqual([done, tries], ["done", 10]);
});

void test("what stays busy is given up in the end, and may be tried later", async () => {
  const error = await failure(() => {
    throw sqlite("SQLITE_BUSY");
  });
  assert.equal(error.code, "busy");
  assert.match(error.message, /q\.db/);
});

for (const [said, code] of [
  ["SQLITE_FULL", "disk-full"],
  ["SQLITE_IOERR_SHMSIZE", "disk-full"],
  ["SQLITE_NOTADB", "not-a-queue"],
  ["SQLITE_CANTOPEN", "unusable-path"],
  ["SQLITE_READONLY_DBMOVED", "unusable-path"],
  ["SQLITE_IOERR_READ", "storage-failed"],
  ["SQLITE_CORRUPT", "storage-failed"],
] as const) {
  void test(`${said} is told at once, as ${code}, with a way out`, async () => {
    let tries = 0;
    const cause = sqlite(said);
    const error = await failure(() => {
      tries += 1;
      throw cause;
    });
    assert.equal(tries, 1);
    assert.equal(error.code, code);
    assert.match(error.message, /q\.db/);
    assert.ok(error.hint);
    assert.equal(error.cause, cause);
  });
}

void test("what is no fault of the disk comes through as it is", async () => {
  for (const bug of [
    sqlite("SQLITE_CONSTRAINT_CHECK"),
    new TypeError("x"),
    new GigqError("cycle", "c"),
  ]) {
    const thrown = patiently(HASTY, "q.db", () => {
      throw bug;
    });
    await assert.rejects(thrown, (error) => error === bug);
  }
});

async function failure(action: () => never): Promise<GigqError> {
  const error: unknown = await patiently(HASTY, "q.db", action).catch((error) => error);
  assert.ok(isGigqError(error), String(error));
  return error;
}

function sqlite(code: string): Error {
  return Object.assign(new Error(`it said ${code}`), { code });
}
