import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/clock.js";
import { getFamily } from "../../src/queue/family.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { Place } from "../support/worker.js";

void test("a family is a job with its ancestors and descendants, and nobody else", async (t) => {
  const { queue, ...place } = withShorthands(new Place(t));
  const [top, stranger] = [await place.add(), await place.add()];
  const sides = [await place.add(top), await place.add(top)];
  const bottom = await place.add(...sides, stranger);
  const end = await place.add(bottom);
  const seqs = async (ref: string | number) => {
    const { jobs, cleared, truncated } = await queue.getFamily(ref);
    assert.deepEqual([cleared, truncated], [[], false]);
    return jobs.map((job) => job.seq);
  };
  assert.deepEqual(await seqs(top), [1, 3, 4, 5, 6]);
  assert.deepEqual(await seqs(3), [1, 3, 5, 6]);
  assert.deepEqual(await seqs(stranger), [2, 5, 6]);
  assert.deepEqual(await seqs(end), [1, 2, 3, 4, 5, 6]);
  const family = await queue.getFamily(3);
  assert.equal(family.id, sides[0]);
  assert.deepEqual(family.jobs[2]!.dependencies, [...sides, stranger]);
  const { executions: _, ...summary } = (await queue.getStatus(1)) as never as {
    executions: unknown;
  };
  assert.deepEqual(family.jobs[0], summary);
});

void test("parents that were cleared are named, and a job that is not there is an error", async (t) => {
  const { queue, ...place } = withShorthands(new Place(t));
  const parent = await place.add();
  await place.work();
  const child = await place.add(parent);
  await place.work();
  const grandchild = await place.add(child);
  await queue.cancel(grandchild);
  await queue.clear({ statuses: ["completed"] });
  const { jobs, cleared } = await queue.getFamily(grandchild);
  assert.deepEqual([jobs.map((job) => job.seq), cleared], [[3], [child]]);
  await assert.rejects(queue.getFamily(1), { code: "unknown-job", message: "there is no job #1" });
});

void test("of a large family the nearest are told of, on both sides, and that there are more", async (t) => {
  const { queue, path, ...place } = withShorthands(new Place(t));
  const grandparent = await place.add();
  const parents = [];
  for (let count = 0; count < 3; count++) parents.push(await place.add(grandparent));
  const job = await place.add(...parents);
  for (let count = 0; count < 20; count++) await place.add(job);
  const storage = await openSqlite(path, { create: false, clock: systemClock });
  t.after(() => storage.close());
  const told = async (limit: number) => {
    const { jobs, truncated } = await getFamily(storage, job, limit);
    return [jobs.map(({ seq }) => seq), truncated];
  };
  assert.deepEqual(await told(7), [[2, 3, 4, 5, 6, 7, 8], true]);
  assert.deepEqual(await told(9), [[1, 2, 3, 4, 5, 6, 7, 8, 9], true]);
  assert.deepEqual((await told(24))[1], true);
  assert.deepEqual((await told(25))[1], false);
  assert.equal((await queue.getFamily(job)).truncated, false);
});

void test("a chain is followed to both ends, and a family of thousands is cut", async (t) => {
  const { queue, ...place } = withShorthands(new Place(t));
  const jobs = [place.job("add")];
  for (let count = 1; count < 300; count++) {
    jobs.push(place.job("add", { dependencies: [jobs.at(-1)!.id] }));
  }
  await queue.submitAll(jobs);
  assert.equal((await queue.getFamily(150)).jobs.length, 300);
  const last = jobs.at(-1)!.id;
  await queue.submitAll(
    Array.from({ length: 1_500 }, () => place.job("add", { dependencies: [last] })),
  );
  const { jobs: told, truncated } = await queue.getFamily(1);
  assert.deepEqual([told.length, told.at(-1)!.seq, truncated], [1_000, 1_000, true]);
});

/** Jobs by their parents' ids. */
function withShorthands(place: Place) {
  return {
    queue: place.queue,
    path: place.path,
    job: place.job.bind(place),
    add: (...dependencies: string[]) =>
      place.submit("add", { dependencies, params: { a: 1, b: 1 } }),
    work: async () => {
      const worker = place.worker({ isolation: "inline", until: "drain" });
      await worker.start();
      await worker.close();
    },
  };
}
