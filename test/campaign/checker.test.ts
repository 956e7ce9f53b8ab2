import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { test } from "node:test";
import Database from "better-sqlite3";
import { Job, JobQueue } from "../../src/index.js";
import { PROJECT } from "../support/paths.js";
import { sweep } from "./campaign.js";
import { check } from "./checker.js";
import { Journal } from "./journal.js";
import { Stage } from "./stage.js";
import { readTrace } from "./trace.js";

/** What may be wrong in a database, and what is said of it. Job 2 depends on job 1. */
const WRONG: readonly (readonly [string, RegExp])[] = [
  ["delete from attempt where job_seq = 1", /#1 .*says 1 attempts, and the last written down is 0/],
  ["delete from attempt where job_seq = 1", /#1 .*is completed with 0 completed attempts/],
  ["delete from attempt where job_seq = 1", /#1 .*nothing is written of attempt 1/],
  [
    "insert into attempt select job_seq, 2, 2, status, 1, 1, worker_id, '' from attempt where job_seq = 1",
    /#1 .*is completed with 2 completed attempts/,
  ],
  ["update attempt set attempt = 2 where job_seq = 1", /#1 .*attempt 2 comes where 1 should/],
  ["update attempt set status = 'lost' where job_seq = 1", /#1 .*is lost, and ann was alive/],
  ["update attempt set worker_id = 'bob'", /#1 .*completed, and no run of it has returned/],
  [
    "update job set status = 'failed', result = null, error = '' where seq = 2",
    /#2 .*failed, and its last attempt completed/,
  ],
  [
    "update job set status = 'cancelled', result = null where seq = 1",
    /#1 .*is cancelled, and nobody asked for that/,
  ],
  [
    "update job set status = 'pending', result = null, finished_at = null where seq = 2",
    /^job #2 .*is still pending/,
  ],
  ["update job set waiting_on = 1 where seq = 2", /#2 .*still counts parents/],
  ["delete from job where seq = 2", /was acknowledged and is gone/],
  [
    "insert into worker (key, worker_id, host, pid, started_at) values ('k', 'eve', 'h', 1, 1)",
    /worker eve is still known/,
  ],
];

void test("the checker tells whatever is wrong, and nothing where all is well", async (t) => {
  const stage = new Stage(PROJECT, false);
  t.after(() => sweep(stage.folder));
  const journal = new Journal();
  const queue = new JobQueue(stage.db);
  const noop = { function: `${stage.ground.module}#noop`, params: { trace: stage.ground.trace } };
  const parent = new Job(noop);
  const child = new Job({ ...noop, dependencies: [parent.id] });
  for (const { id, spec } of [parent, child]) journal.acknowledged.set(id, spec);
  await queue.submitAll([parent, child]);
  await queue.close();
  await once(stage.gigq("ann", ["worker", "--drain", "--worker-id", "ann"], "ignore"), "close");
  const trace = await readTrace(stage.ground.trace);
  assert.deepEqual(check(stage.db, journal, trace), []);

  for (const [index, [statement, said]] of WRONG.entries()) {
    const path = `${stage.folder}/wrong${index}.db`;
    copyFileSync(stage.db, path);
    const db = new Database(path);
    db.pragma("foreign_keys = on");
    db.exec(statement);
    db.close();
    const violations = check(path, journal, trace);
    assert.ok(
      violations.some((violation) => said.test(violation)),
      `${statement}: ${violations.join("\n")}`,
    );
  }
  const backwards = { ...trace, runs: trace.runs.toReversed().map(swapBegins(trace.runs)) };
  assert.match(check(stage.db, journal, backwards).join("\n"), /has begun before its parent/);
});

/** The runs of the child and of the parent, each as if it had been the other's. */
function swapBegins<T extends { jobId: string }>(runs: readonly T[]): (run: T) => T {
  const [first, second] = runs as readonly [T, T];
  return (run) => ({ ...run, jobId: run === first ? second.jobId : first.jobId });
}
