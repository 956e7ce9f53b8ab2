import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Database } from "better-sqlite3";
import { openDatabase } from "../../src/storage/sqlite/open-database.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Makes the one job of the table a proper job in another status. */
const POSSIBLE = {
  pending: "waiting_on = 2, run_at = 5",
  running: "status = 'running', attempts = 1, lease = 1, worker_id = 'w', started_at = 1",
  completed: "status = 'completed', attempts = 1, lease = 1, finished_at = 2, result = '1'",
  failed: "status = 'failed', attempts = 3, lease = 3, finished_at = 2, error = 'x'",
  timeout: "status = 'timeout', attempts = 3, lease = 3, finished_at = 2, error = 'x'",
  cancelled: "status = 'cancelled', finished_at = 2, orphaned_by = 7, error = 'x'",
} as const;

const IMPOSSIBLE: readonly (readonly [string, keyof typeof POSSIBLE, string])[] = [
  ["an unknown status", "pending", "status = 'sleeping'"],
  ["a pending job with a worker", "pending", "worker_id = 'w'"],
  ["a pending job with an end", "pending", "finished_at = 2"],
  ["a pending job that is to be killed", "pending", "cancel_requested = 1"],
  ["a pending job that was cancelled for a parent", "pending", "orphaned_by = 7"],
  ["a job that waits for fewer than no parents", "pending", "waiting_on = -1"],
  ["a running job without a worker", "running", "worker_id = null"],
  ["a running job without a lease", "running", "lease = 0"],
  ["a running job without an attempt", "running", "attempts = 0"],
  ["a running job without a start", "running", "started_at = null"],
  ["a running job with an end", "running", "finished_at = 2"],
  ["a running job with a result", "running", "result = '1'"],
  ["a wish to kill that is neither yes nor no", "running", "cancel_requested = 2"],
  ["a completed job without an end", "completed", "finished_at = null"],
  ["a completed job in the hands of a worker", "completed", "worker_id = 'w'"],
  ["a failed job without an end", "failed", "finished_at = null"],
  ["a failed job with a result", "failed", "result = '1'"],
  ["a timed out job without an end", "timeout", "finished_at = null"],
  ["a cancelled job without an end", "cancelled", "finished_at = null"],
  ["more attempts than are allowed", "failed", "attempts = 4"],
  ["fewer attempts than none", "pending", "attempts = -1"],
  ["a job that may never be tried", "pending", "max_attempts = 0"],
  ["a timeout of nothing", "pending", "timeout_ms = 0"],
  ["a delay into the past", "pending", "retry_delay_ms = -1"],
  ["an unknown backoff", "pending", "backoff = 'linear'"],
  ["an unknown policy", "pending", "on_parent_failure = 'hope'"],
  ["a third answer to a question of yes and no", "pending", "pass_parent_results = 2"],
];

for (const [status, change] of Object.entries(POSSIBLE)) {
  void test(`the schema takes a ${status} job`, (t) => {
    assert.equal(oneJob(t).prepare(`update job set ${change}`).run().changes, 1);
  });
}

for (const [what, status, change] of IMPOSSIBLE) {
  void test(`the schema refuses ${what}`, (t) => {
    const db = oneJob(t);
    db.exec(`update job set ${POSSIBLE[status]}`);
    assert.throws(() => db.exec(`update job set ${change}`), { code: "SQLITE_CONSTRAINT_CHECK" });
  });
}

for (const [what, statement, code] of [
  ["a text for a number", "update job set priority = 'high'", "DATATYPE"],
  ["a job without params", "update job set params = null", "NOTNULL"],
  ["two jobs with one id", insert("id"), "UNIQUE"],
  [
    "the attempt of no job",
    "insert into attempt values (9, 1, 1, 'failed', 1, 2, 'w', 'x')",
    "FOREIGNKEY",
  ],
  [
    "an attempt that was given back",
    "insert into attempt values (1, 1, 1, 'released', 1, 2, 'w', null)",
    "CHECK",
  ],
  ["a dependency of no job", "insert into dependency values (9, 0, 1, 'id')", "FOREIGNKEY"],
] as const) {
  void test(`the schema refuses ${what}`, (t) => {
    const db = oneJob(t);
    assert.throws(() => db.exec(statement), { code: `SQLITE_CONSTRAINT_${code}` });
  });
}

void test("the schema refuses two ends of one lease", (t) => {
  const db = oneJob(t);
  const end = "insert into attempt values (1, 1, 1, 'failed', 1, 2, 'w', 'x')";
  db.exec(end);
  assert.throws(() => db.exec(end), { code: "SQLITE_CONSTRAINT_PRIMARYKEY" });
});

function oneJob(t: TestContext): Database {
  const db = openDatabase(join(temporaryFolder(t), "queue.db"), { create: true });
  t.after(() => db.close());
  db.exec(insert("id"));
  return db;
}

function insert(id: string): string {
  return `
    insert into job (id, name, function, description, priority, status, max_attempts, timeout_ms,
      retry_delay_ms, backoff, on_parent_failure, created_at, updated_at, params)
    values ('${id}', 'job', '/app/jobs.js#run', '', 0, 'pending', 3, 1000, 0, 'fixed', 'cancel',
      1, 1, '{}')`;
}
