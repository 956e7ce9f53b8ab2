import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Database } from "better-sqlite3";
import { systemClock } from "../../src/clock.js";
import { spec } from "../../src/storage/contract/spec.js";
import * as byName from "../../src/storage/sqlite/by-name-sql.js";
import { openDatabase } from "../../src/storage/sqlite/open-database.js";
import { CHILDREN_OF, COUNT_EARLIER, COUNT_HIGHER } from "../../src/storage/sqlite/relations.js";
import * as sql from "../../src/storage/sqlite/sql.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** What each statement that runs often, or over a large queue, may look at: this index only. */
const INDEXES: readonly (readonly [name: string, statement: string, plan: RegExp])[] = [
  ["READY_JOBS", sql.READY_JOBS, /^SEARCH job USING INDEX job_ready \(priority>\?\)$/],
  ["ANY_READY", sql.ANY_READY, /^SEARCH job USING (COVERING )?INDEX job_ready \(priority>\?\)$/],
  ["FIRST_READY", byName.FIRST_READY, /^SEARCH job USING INDEX job_ready \(priority>\?\)$/],
  [
    "READY_OF_NAME",
    byName.READY_OF_NAME,
    /^SEARCH job USING INDEX job_ready_by_name \(name=\? AND priority>\?\)$/,
  ],
  [
    "FIRST_READY_NAME",
    byName.FIRST_READY_NAME,
    /^SEARCH job USING INDEX job_ready_by_name \(name>\? AND name<\?\)$/,
  ],
  [
    "NEXT_READY_NAME",
    byName.NEXT_READY_NAME,
    /^SEARCH job USING INDEX job_ready_by_name \(name>\? AND name<\?\)$/,
  ],
  ["NEXT_DUE", sql.NEXT_DUE, /^SEARCH job USING COVERING INDEX job_due( |$)/],
  [
    "PROMOTE_DUE",
    sql.PROMOTE_DUE,
    /^SEARCH job USING (COVERING )?INDEX job_due \(run_at>\? AND run_at<\?\)$/,
  ],
  ["COUNT_DELAYED", sql.COUNT_DELAYED, /USING COVERING INDEX job_due/],
  ["COUNT_BLOCKED", sql.COUNT_BLOCKED, /USING (COVERING )?INDEX job_blocked/],
  ["COUNT_BY_STATUS", sql.COUNT_BY_STATUS, /USING COVERING INDEX job_status/],
  [
    "FINISHED_JOBS",
    sql.FINISHED_JOBS,
    /^SEARCH job USING COVERING INDEX job_status \(status=\? AND seq<\?\)$/,
  ],
  ["TO_KILL", sql.TO_KILL, /^SCAN job USING INDEX job_to_kill$/],
  [
    "READ_LOG",
    sql.READ_LOG,
    /^SEARCH log USING INDEX log_position \(job_seq=\? AND lease=\? AND position>\?\)$/,
  ],
  ["LOG_BYTES", sql.LOG_BYTES, /^SEARCH log USING INDEX log_position \(job_seq=\?\)$/],
  [
    "FORGET_LOG",
    sql.FORGET_LOG,
    /^SEARCH log USING (COVERING )?INDEX log_position \(job_seq=\? AND lease=\? AND position>\? AND position<\?\)$/,
  ],
  [
    "ORPHANS_OF",
    sql.ORPHANS_OF,
    /^SEARCH job USING (COVERING )?INDEX job_orphaned \(orphaned_by=\?\)$/,
  ],
  [
    "CHILDREN",
    sql.CHILDREN,
    /^SEARCH dependency USING (COVERING )?INDEX dependency_parent \(parent_seq=\?\)$/,
  ],
  ["COUNT_HIGHER", COUNT_HIGHER, /^SEARCH job USING (COVERING )?INDEX job_ready \(priority>\?\)$/],
  [
    "COUNT_EARLIER",
    COUNT_EARLIER,
    /^SEARCH job USING (COVERING )?INDEX job_ready \(priority=\? AND seq<\?\)$/,
  ],
  [
    "CHILDREN_OF",
    CHILDREN_OF,
    /^SEARCH dependency USING (COVERING )?INDEX dependency_parent \(parent_seq=\?\)$/,
  ],
];

for (const filled of [false, true]) {
  const state = filled ? "a filled and analysed queue" : "a new queue";
  for (const [name, statement, plan] of INDEXES) {
    void test(`${name} uses its index alone, and does not sort, on ${state}`, async (t) => {
      const steps = planOf(await database(t, filled), statement);
      assert.equal(steps.length, 1, steps.join("\n"));
      assert.match(steps[0]!, plan);
    });
  }
}

void test("READY_IN_RANGE looks at an index alone, and sorts", async (t) => {
  const [first, ...others] = planOf(await database(t, true), byName.READY_IN_RANGE);
  const ranged = /^SEARCH job USING INDEX job_ready_by_name \(name>\? AND name<\?\)$/;
  assert.match(first!, ranged);
  assert.deepEqual(others, ["USE TEMP B-TREE FOR ORDER BY"]);
});

/** The steps of SQLite's plan; sorting would be one of its own. */
function planOf(db: Database, statement: string): string[] {
  const values = statement.replaceAll(/[^?]/g, "").split("");
  const plan = db.prepare<unknown[], { detail: string }>(`explain query plan ${statement}`);
  const steps = plan.all(...values.map(() => 1)).map((step) => step.detail);
  // What a limited subquery has found is counted without a further look at the table.
  return steps.filter((step) => !/^(CO-ROUTINE|SCAN) \(subquery-/.test(step));
}

async function database(t: TestContext, filled: boolean): Promise<Database> {
  const path = join(temporaryFolder(t), "queue.db");
  if (filled) await fill(path);
  const db = openDatabase(path, { create: true });
  t.after(() => db.close());
  // As the first worker that asks for names does.
  db.exec(byName.INDEX_READY_BY_NAME);
  if (filled) db.exec("analyze");
  return db;
}

/** Jobs that are ready, delayed, blocked and finished. */
async function fill(path: string): Promise<void> {
  const storage = await openSqlite(path, { create: true, clock: systemClock });
  const now = systemClock.now();
  const jobs = Array.from({ length: 100 }, (_, index) => spec({ priority: index % 3 }));
  const parents = jobs.map((job) => job.id);
  await storage.insert(jobs, now);
  await storage.insert(
    parents.map((id) => spec({ dependencies: [id] })),
    now,
  );
  await storage.insert(
    parents.map(() => spec({ runAt: now + 60_000 })),
    now,
  );
  const done = await storage.insert(
    parents.map(() => spec()),
    now,
  );
  await storage.change(done, "cancel", now);
  await storage.close();
}
