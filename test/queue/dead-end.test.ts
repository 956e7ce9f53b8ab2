import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/clock.js";
import type { OnParentFailure } from "../../src/job/job.js";
import { JOB_STATUSES, type JobStatus } from "../../src/job/lifecycle.js";
import { DeadEnds } from "../../src/queue/dead-end.js";
import type { Kin } from "../../src/queue/kin.js";
import { neverRuns } from "../../src/queue/never-runs.js";
import { waitFor } from "../../src/queue/wait-for.js";
import { spec } from "../../src/storage/contract/spec.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";

type Given = readonly [JobStatus, OnParentFailure?, ...parents: number[]];

/** Jobs #1, #2, …, each with its status, its policy and the numbers of its parents. */
function wayFrom(seq: number, given: readonly Given[]): number[] | undefined {
  const kin = given.map(
    ([status, onParentFailure = "cancel", ...parents], index): Kin => ({
      seq: index + 1,
      id: `${index + 1}`,
      name: "job",
      status,
      onParentFailure,
      dependencies: parents.map(String),
      waitingOn: status === "pending" ? parents.length : 0,
      orphanedBy: null,
      runAt: null,
    }),
  );
  const byId = new Map(kin.map((job) => [job.id, job]));
  return new DeadEnds(byId).wayFrom(byId.get(`${seq}`)!)?.map((job) => job.seq);
}

void test("only what waits for a job that did not complete can never run", () => {
  for (const status of JOB_STATUSES) {
    const endedBadly = ["failed", "timeout", "cancelled"].includes(status);
    assert.deepEqual(wayFrom(2, [[status], ["pending", "wait", 1]]), endedBadly ? [1] : undefined);
    for (const policy of ["run", "cancel"] as const) {
      assert.equal(wayFrom(2, [[status], ["pending", policy, 1]]), undefined, policy);
    }
    assert.equal(wayFrom(1, [[status]]), undefined);
  }
  assert.equal(wayFrom(1, [["pending", "wait", 99]]), undefined);
});

void test("what waits for a job that can never run can never run itself, whatever its policy", () => {
  const family = (policy: OnParentFailure): Given[] => [
    ["failed"],
    ["pending", "wait", 1],
    ["completed"],
    ["pending", policy, 3, 2],
    ["pending", "cancel", 4],
  ];
  for (const policy of ["wait", "run", "cancel"] as const) {
    assert.deepEqual(wayFrom(5, family(policy)), [4, 2, 1]);
  }
});

void test("one parent that is stuck is enough, and of a diamond one way is told", () => {
  assert.deepEqual(
    wayFrom(5, [
      ["running"],
      ["failed"],
      ["pending", "run", 1],
      ["pending", "wait", 2],
      ["pending", "cancel", 3, 4],
    ]),
    [4, 2],
  );
  assert.equal(
    wayFrom(3, [["running"], ["pending", "wait", 1], ["pending", "wait", 2, 1]]),
    undefined,
  );
});

void test("a chain of 20,000 is walked to its end, and 10,000 jobs are looked at cheaply", async (t) => {
  const chain: Given[] = [
    ["failed"],
    ...Array.from({ length: 20_000 }, (_, n): Given => ["pending", "wait", n + 1]),
  ];
  assert.equal(wayFrom(20_001, chain)!.length, 20_000);

  const path = `${temporaryFolder(t)}/gigq.db`;
  const storage = await openSqlite(path, { create: true, clock: systemClock });
  t.after(() => storage.close());
  const top = spec();
  const middle = Array.from({ length: 100 }, () => spec({ dependencies: [top.id] }));
  const jobs = Array.from({ length: 10_000 }, (_, n) =>
    spec({
      dependencies: [middle[n % 100]!.id, middle[(n + 1) % 100]!.id],
      onParentFailure: "wait",
    }),
  );
  const seqs = await storage.insert([top, ...middle, ...jobs], systemClock.now());
  const records = (await storage.get(seqs.slice(101))).filter((job) => job !== undefined);
  let gets = 0;
  const counted = {
    ...storage,
    get: (refs: readonly (string | number)[]) => {
      gets += refs.length;
      return storage.get(refs);
    },
  };
  const startedMs = performance.now();
  assert.equal(await neverRuns(counted, records), undefined);
  t.diagnostic(`10,000 jobs were looked at in ${Math.round(performance.now() - startedMs)} ms`);
  assert.equal(gets, 101);
  await storage.change([seqs[1]!], "cancel", systemClock.now());
  await assert.rejects(waitFor(storage, systemClock, seqs.slice(101), {}), {
    code: "forbidden",
    message: "#102 job will never run: it waits for #2 job, which was cancelled",
    hint: "gigq requeue 2",
  });
});
