import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { EXIT_CODES, exitCodeOf } from "../../src/cli/exit-codes.js";
import { Desk, refuses } from "./desk.js";

void test("the binary tells errors as a sentence and a hint, or as JSON, with the same status", async (t) => {
  const desk = new Desk(t);
  const cases: readonly [
    line: string,
    status: number,
    code: string,
    message: string,
    hint: string,
  ][] = [
    ["sbumit", 2, "usage", 'unknown command "sbumit"', "Did you mean submit? See: gigq --help"],
    ["worker --concurrency 0", 2, "usage", "--concurrency: 0 is too small", "The smallest is 1"],
    [
      "stats",
      5,
      "no-queue",
      `there is no queue at ${desk.db}`,
      "Name one with --db or GIGQ_DB, or create it with: gigq init",
    ],
    [
      "submit ./jobs.mjs#greet --db postgres://me:secret@db/jobs",
      2,
      "usage",
      "postgres:// databases are not supported",
      "Give the path of a SQLite file",
    ],
  ];
  await Promise.all(
    cases.map(async ([line, status, code, message, hint]) => {
      const [human, json] = await Promise.all([desk.gigq(line), desk.gigq(`${line} --json`)]);
      assert.deepEqual(human, refuses(status, message, hint));
      assert.deepEqual([json.status, json.stdout], [status, ""]);
      assert.deepEqual(JSON.parse(json.stderr), { error: { code, message, hint } });
    }),
  );
  assert.equal(existsSync(desk.db), false);
});

void test("a stack is shown with --debug and never else", async (t) => {
  const desk = new Desk(t);
  const [plain, debug, json] = await Promise.all([
    desk.gigq("list"),
    desk.gigq("list --debug"),
    desk.gigq("list --debug --json"),
  ]);
  assert.doesNotMatch(plain.stderr, /^\s+at /m);
  assert.ok(debug.stderr.startsWith(plain.stderr), debug.stderr);
  assert.match(debug.stderr, /\nGigqError: there is no queue at .*\n {4}at .*\n/);
  assert.match(JSON.parse(json.stderr).error.stack, /^GigqError: /);
  assert.deepEqual([plain.status, debug.status, json.status], [5, 5, 5]);
});

void test("every error code has its exit status", () => {
  assert.deepEqual(EXIT_CODES, {
    usage: 2,
    cycle: 2,
    "unknown-job": 3,
    "unknown-attempt": 3,
    "unknown-parent": 3,
    forbidden: 4,
    "no-queue": 5,
    "not-a-queue": 5,
    "schema-too-new": 5,
    "unusable-path": 5,
    busy: 75,
    "disk-full": 75,
    "storage-failed": 1,
    exhausted: 75,
    "system-refused": 1,
    dismissed: 1,
    "wait-timeout": 124,
    interrupted: 130,
    internal: 1,
  });
});

void test("of several jobs the first that did not complete gives the exit status", () => {
  assert.equal(exitCodeOf([]), 0);
  assert.equal(exitCodeOf(["completed", "completed"]), 0);
  assert.equal(exitCodeOf(["failed"]), 10);
  assert.equal(exitCodeOf(["completed", "timeout", "failed"]), 11);
  assert.equal(exitCodeOf(["cancelled", "timeout"]), 12);
  assert.equal(exitCodeOf(["completed", "pending"]), 1);
});
