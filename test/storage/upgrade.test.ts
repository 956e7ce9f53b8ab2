import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { systemClock } from "../../src/clock.js";
import { ISOLATIONS } from "../../src/job/isolation.js";
import type { JobRecord } from "../../src/job/job.js";
import { COMPLETED, FAILED, Scene } from "../../src/storage/contract/scene.js";
import type { Counts } from "../../src/storage/counts.js";
import { openDatabase } from "../../src/storage/sqlite/open-database.js";
import { SCHEMA_VERSION } from "../../src/storage/sqlite/schema.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import type { AttemptRecord, WorkerRecord } from "../../src/storage/storage.js";
import { PROJECT } from "../support/paths.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Each schema-N.db was written by the gigq of its time; see test/data/make-fixture.ts. */
const DATA = `${PROJECT}test/data`;
const VERSIONS = readdirSync(DATA)
  .flatMap((name) => /^schema-(\d+)\.db$/.exec(name)?.[1] ?? [])
  .map(Number)
  .sort((a, b) => a - b);

void test("there is a queue of every schema so far", () => {
  assert.deepEqual(
    VERSIONS,
    Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1),
  );
});

for (const version of VERSIONS) {
  void test(`a queue of schema ${version} is brought to the present one`, async (t) => {
    const { path } = await oldQueue(t, version);
    const db = new Database(path, { readonly: true });
    const fresh = openDatabase(join(temporaryFolder(t), "fresh.db"), { create: true });
    t.after(() => {
      db.close();
      fresh.close();
    });
    assert.equal(db.pragma("user_version", { simple: true }), SCHEMA_VERSION);
    assert.equal(db.pragma("integrity_check", { simple: true }), "ok");
    assert.deepEqual(db.pragma("foreign_key_check"), []);
    const schema = "select type, name, sql from sqlite_schema order by name";
    assert.deepEqual(db.prepare(schema).all(), fresh.prepare(schema).all());
  });

  void test(`everything is read from a queue of schema ${version}`, async (t) => {
    const { scene, written } = await oldQueue(t, version);
    const jobs = (await scene.storage.list({ limit: 100 })).reverse();
    assert.deepEqual(asWritten(jobs, written.jobs), written.jobs);
    const attempts = await scene.storage.attempts(jobs.map((job) => job.seq));
    assert.deepEqual(asWritten(attempts, written.attempts), written.attempts);
    assert.deepEqual(asWritten([await scene.storage.counts()], [written.counts]), [written.counts]);
  });

  void test(`a queue of schema ${version} is worked on`, async (t) => {
    const { scene, job } = await oldQueue(t, version);
    assert.deepEqual(await scene.ready(), seqs(job, READY));
    const { parentResults } = await scene.take(job("runs regardless"));
    assert.deepEqual(parentResults, [
      { id: job("failed").id, result: null },
      { id: job("completed").id, result: '{"grüße":"🎈"}' },
    ]);
    scene.now = 1_900_000_000_000;
    assert.deepEqual(await scene.ready(), seqs(job, READY_LATER));
    for (const name of READY_LATER) {
      assert.equal((await scene.run(job(name))).status, "completed", name);
    }
  });

  void test(`attempts that ran under schema ${version} are settled by their leases`, async (t) => {
    const { scene, job } = await oldQueue(t, version);
    const claims = ["running", "to be killed"].map((name) => {
      const { seq, lease, workerId } = job(name);
      return {
        lease: { seq, number: lease, workerId: workerId! },
        turn: 0,
        job: job(name),
        parentResults: null,
      };
    });
    const [{ key }] = (await scene.storage.workers()) as [WorkerRecord];
    const inHand = await scene.storage.inHand(key);
    assert.deepEqual(
      inHand.map((attempt) => attempt.lease),
      claims.map((claim) => claim.lease),
    );
    assert.deepEqual((await scene.advance({ worker: key })).toKill, [claims[1]!.lease]);
    await scene.end(claims[0]!, COMPLETED);
    await scene.end(claims[1]!, FAILED);
    assert.equal(await scene.status(job("running"), job("to be killed")), "completed cancelled");
    await scene.run(job("waits for one of two"));
  });

  void test(`a worker of schema ${version} takes all jobs, as far as is known`, async (t) => {
    const { scene } = await oldQueue(t, version);
    const [worker] = (await scene.storage.workers()) as [WorkerRecord];
    const { minPriority, names } = worker;
    assert.deepEqual({ minPriority, names }, { minPriority: null, names: null });
    assert.ok(worker.concurrency >= 1);
    assert.ok(ISOLATIONS.includes(worker.isolation), worker.isolation);
  });

  void test(`a family of schema ${version} is restored and removed`, async (t) => {
    const { scene, job } = await oldQueue(t, version);
    const [change] = await scene.change("requeue", job("failed"));
    assert.deepEqual(change, { seq: job("failed").seq, changed: true, followed: 2 });
    for (const name of ["failed", "orphan", "grandchild", "runs regardless"]) {
      assert.equal((await scene.run(job(name))).status, "completed", name);
    }
    await scene.change("requeue", job("timed out"));
    await scene.run(job("timed out"));
    await scene.run(job("waits for good"));
    const { removed, kept } = await scene.storage.remove({ status: "completed", limit: 100 });
    // "completed" has children that have not run yet.
    assert.deepEqual([removed, kept], [7, 1]);
  });
}

const READY = ["wants no results", "given back", "plain", "runs regardless"];
const READY_LATER = ["wants no results", "later", "tried again later", "given back", "plain"];

interface Written {
  readonly now: number;
  readonly jobs: readonly JobRecord[];
  readonly attempts: readonly AttemptRecord[];
  readonly counts: Counts;
}

async function oldQueue(t: TestContext, version: number) {
  const path = join(temporaryFolder(t), "queue.db");
  copyFileSync(`${DATA}/schema-${version}.db`, path);
  const written: Written = JSON.parse(readFileSync(`${DATA}/schema-${version}.json`, "utf8"));
  const storage = await openSqlite(path, { create: false, clock: systemClock });
  t.after(() => storage.close());
  const scene = new Scene({ connect: async () => storage }, storage);
  scene.now = written.now;
  const job = (name: string) => written.jobs.find((each) => each.name === name)!;
  return { path, written, scene, job };
}

/** What is known today, cut down to what was known when it was written. */
function asWritten<T extends object>(today: readonly T[], then: readonly T[]): Partial<T>[] {
  const known = Object.keys(then[0]!) as (keyof T)[];
  return today.map(
    (each) => Object.fromEntries(known.map((key) => [key, each[key]])) as Partial<T>,
  );
}

function seqs(job: (name: string) => JobRecord, names: readonly string[]): number[] {
  return names.map((name) => job(name).seq);
}
