import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Task, Workflow } from "../../src/index.js";
import { fixture } from "../support/paths.js";
import { Bench } from "./bench.js";

const { plain, given, broken } = (await import(
  pathToFileURL(fixture("parity/tasks.mjs")).href
)) as Readonly<Record<string, Task>>;

void test("addJob and addTask answer the job, and jobs are kept in the order of adding", (t) => {
  const bench = new Bench(t);
  const flow = new Workflow("pipeline");
  const job = bench.job("add");
  assert.equal(flow.addJob(job), job);
  const step = flow.addTask(plain!, { params: { x: 1 }, dependsOn: [job], name: "second" });
  assert.deepEqual([flow.name, flow.jobs], ["pipeline", [job, step]]);
  assert.deepEqual([step.name, step.params, step.dependencies], ["second", { x: 1 }, [job.id]]);
  assert.deepEqual(job.dependencies, []);
});

void test("addTask takes tasks only, and addJob jobs only", (t) => {
  const flow = new Workflow("strict");
  const add = (what: unknown) => () => flow.addTask(what as Task);
  assert.throws(
    add(() => 1),
    /TypeError: strict: .* is no task/,
  );
  assert.throws(add(new Bench(t).job("add")), TypeError);
  assert.throws(() => flow.addJob(plain as never), TypeError);
  assert.deepEqual(flow.jobs, []);
});

void test("submitAll submits everything and answers the ids in the order of adding", async (t) => {
  const bench = new Bench(t);
  const flow = new Workflow("three");
  const jobs = ["a", "b", "c"].map((name) => flow.addJob(bench.job("add", { name })));
  const ids = await flow.submitAll(bench.queue);
  assert.deepEqual(
    ids,
    jobs.map((job) => job.id),
  );
  assert.equal((await bench.queue.stats()).pending, 3);
});

void test("a diamond fans out and in again, each step after those before it", async (t) => {
  const bench = new Bench(t);
  const flow = new Workflow("diamond");
  const split = flow.addTask(plain!, { params: { x: 0 } });
  const chunks = [1, 2, 3].map((x) => flow.addTask(plain!, { params: { x }, dependsOn: split }));
  const combine = flow.addTask(given!, { dependsOn: chunks });
  await flow.submitAll(bench.queue);
  await bench.drain({ concurrency: 3 });
  const { parentResults } = (await bench.queue.getResult(combine.id)) as { parentResults: object };
  assert.deepEqual(
    Object.entries(parentResults),
    chunks.map((chunk, index) => [chunk.id, 11 + index]),
  );
  const [first, last] = [await bench.info(split.id), await bench.info(combine.id)];
  for (const { id } of chunks) {
    const { startedAt, completedAt } = await bench.info(id);
    assert.ok(first.completedAt! <= startedAt! && completedAt! <= last.startedAt!);
  }
});

void test("a chain runs in its order, whatever the order of adding and the priorities", async (t) => {
  const bench = new Bench(t);
  const flow = new Workflow("chain");
  const third = flow.addJob(bench.job("add", { priority: 9 }));
  const second = flow.addJob(bench.job("add", { priority: 5 }));
  const first = flow.addJob(bench.job("add"));
  flow.addJob(second, { dependsOn: first });
  flow.addJob(third, { dependsOn: second });
  await flow.submitAll(bench.queue);
  const worker = bench.worker();
  for (const { id } of [first, second, third]) {
    assert.equal(await worker.processOne(), true);
    assert.equal((await bench.info(id)).status, "completed");
  }
});

void test("parents' results are in the context unless told otherwise, and in the params when told so", async (t) => {
  const bench = new Bench(t);
  const flow = new Workflow("modes");
  const parent = flow.addTask(plain!, { params: { x: 1 } });
  const params = { parentResults: "mine" };
  const modes = [undefined, true, false].map((passParentResults) =>
    flow.addTask(given!, {
      params,
      dependsOn: parent,
      ...(passParentResults === undefined ? {} : { passParentResults }),
    }),
  );
  const alone = flow.addTask(given!, { passParentResults: true });
  await flow.submitAll(bench.queue);
  await bench.drain();
  const results = { [parent.id]: 11 };
  const seen = [];
  for (const { id } of [...modes, alone]) seen.push(await bench.queue.getResult(id));
  assert.deepEqual(seen.slice(0, 3), [
    { params, parentResults: results },
    { params: { parentResults: results }, parentResults: results },
    { params, parentResults: {} },
  ]);
  assert.deepEqual((seen[3] as { parentResults: object }).parentResults, {});
});

void test("the jobs that depend on a failed one do not run, nor do those behind them", async (t) => {
  const bench = new Bench(t);
  const flow = new Workflow("etl");
  const extract = flow.addTask(broken!);
  const transform = flow.addTask(plain!, { params: { x: 1 }, dependsOn: extract });
  const load = flow.addTask(plain!, { params: { x: 1 }, dependsOn: transform });
  await flow.submitAll(bench.queue);
  await bench.drain();
  const infos = [await bench.info(extract.id), await bench.info(transform.id)];
  assert.deepEqual(
    [...infos, await bench.info(load.id)].map(({ status, attempts }) => [status, attempts]),
    [
      ["failed", 1],
      ["cancelled", 0],
      ["cancelled", 0],
    ],
  );
});

void test("the state of a workflow is that of its jobs, asked for at once", async (t) => {
  const bench = new Bench(t);
  const flow = new Workflow("watched");
  flow.addJob(bench.job("add", { name: "first" }));
  flow.addJob(bench.job("add", { name: "second" }), { dependsOn: flow.jobs });
  const ids = await flow.submitAll(bench.queue);
  await bench.worker().processOne();
  const infos = await bench.queue.getStatuses(ids);
  assert.deepEqual(
    infos.map((info) => info.exists && [info.name, info.status]),
    [
      ["first", "completed"],
      ["second", "pending"],
    ],
  );
});
