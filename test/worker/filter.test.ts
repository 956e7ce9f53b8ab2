import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Worker, type WorkerOptions } from "../../src/index.js";
import { Place } from "../support/worker.js";

void test("a worker takes only what it is meant for, in order, and leaves the rest to others", async (t) => {
  const place = new Place(t);
  const file = `${place.folder}/trace`;
  for (const [name, priority] of [
    ["import", 0],
    ["report-eu", 0],
    ["report-us", 9],
    ["import", 50],
    ["reports", 99],
  ] as const) {
    await place.submit("trace", { name, priority, params: { file, name: `${name}:${priority}` } });
  }
  const begun = () => readFileSync(file, "utf8").match(/(?<=begin )\S+/g);
  await place.worker({ until: "drain", names: ["report-*"] }).start();
  assert.deepEqual(begun(), ["report-us:9", "report-eu:0"]);
  await place.worker({ until: "drain", minPriority: 50 }).start();
  assert.deepEqual(begun()?.slice(2), ["reports:99", "import:50"]);
  assert.equal((await place.queue.stats()).pending, 1);
});

void test("a worker that waits starts at once what is meant for it, and nothing else", async (t) => {
  const place = new Place(t);
  const worker = place.worker({ names: ["report-?"] });
  const working = worker.start();
  await worker.heard("started");
  await place.submit("add", { name: "report-10", params: { a: 1, b: 2 } });
  const later = await place.submit("add", {
    name: "report-2",
    params: { a: 1, b: 2 },
    runAt: new Date(Date.now() + 200),
  });
  const soon = await place.submit("add", { name: "report-1", params: { a: 1, b: 2 } });
  await worker.heard("ended", 2);
  assert.deepEqual(
    worker.of("ended").map(({ id }) => id),
    [soon, later],
  );
  await worker.stop();
  await working;
  assert.equal((await place.queue.stats()).pending, 1);
});

void test("a job that is tried again comes back to a worker that takes it", async (t) => {
  const place = new Place(t);
  const file = `${place.folder}/there`;
  const worker = place.worker({ names: ["again"], concurrency: 2 });
  const working = worker.start();
  await place.submit("failUntil", { name: "again", params: { file }, retryDelay: 0.2 });
  await worker.heard("ended", 1);
  writeFileSync(file, "");
  await worker.heard("ended", 2);
  assert.equal(worker.of("ended")[1]?.outcome, "completed");
  await worker.stop();
  await working;
});

void test("a worker says what it takes, when it starts and to whoever asks", async (t) => {
  const place = new Place(t);
  const worker = place.worker({ minPriority: -3, names: ["b", "a*", "b"] });
  const working = worker.start();
  await worker.heard("started");
  const filter = { minPriority: -3, names: ["b", "a*"] };
  const [started] = worker.of("started");
  const [known] = await place.queue.workers();
  for (const said of [started!, known!]) {
    assert.deepEqual({ minPriority: said.minPriority, names: said.names }, filter);
  }
  await worker.stop();
  await working;
});

const WRONG: readonly (readonly [options: object, message: RegExp, hint: RegExp])[] = [
  [{ minPriority: 1.5 }, /^minPriority is 1\.5$/, /whole number from -2147483648/],
  [{ minPriority: "5" }, /^minPriority is 5$/, /whole number/],
  [{ minPriority: 2 ** 31 }, /^minPriority is 2147483648$/, /to 2147483647/],
  [{ names: [] }, /^names has 0 entries$/, /1 to 100 names or patterns/],
  [{ names: "import" }, /^names is a string$/, /\["import", "report-\*"\]/],
  [{ names: Array.from({ length: 101 }, String) }, /^names has 101 entries$/, /1 to 100/],
  [{ names: ["a", ""] }, /^names has "" in it/, /Give the names of jobs/],
  [{ names: [5] }, /^names has 5 in it/, /Give the names of jobs/],
];

void test("a filter that makes no sense is refused, with what would", () => {
  for (const [options, message, hint] of WRONG) {
    assert.throws(
      () => new Worker("gigq.db", options as WorkerOptions),
      (error: Error & { code?: string; hint?: string }) => {
        assert.equal(error.code, "usage");
        assert.match(error.message, message);
        assert.match(error.hint ?? "", hint);
        return true;
      },
    );
  }
});
