import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Job, type Task, task } from "../../src/index.js";
import { fixture } from "../support/paths.js";
import { Bench } from "./bench.js";

const { plain, urgent, later, broken } = (await import(
  pathToFileURL(fixture("parity/tasks.mjs")).href
)) as Readonly<Record<string, Task>>;

void test("a task is called as the function that it was made of, and throws what that throws", async () => {
  const call = plain as unknown as (params: object) => number;
  assert.equal(call({ x: 5 }), 15);
  assert.equal(call({ x: 5, y: 20 }), 25);
  assert.equal(await (later as unknown as (params: object) => Promise<number>)({ x: 4 }), 8);
  assert.throws(broken as unknown as () => void, /^Error: broken$/);
  const named = task(import.meta.url, function resize() {});
  assert.equal(named.name, "resize");
});

void test("submit makes a job of the task and answers its id, a new one each time", async (t) => {
  const bench = new Bench(t);
  const ids = [
    await plain!.submit(bench.queue, { x: 1 }),
    await plain!.submit(bench.queue, { x: 1, y: 1 }),
    await later!.submit(bench.queue, { x: 3 }),
  ];
  assert.equal(new Set(ids).size, 3);
  await bench.drain();
  const results = await Promise.all(ids.map((id) => bench.queue.getResult(id)));
  assert.deepEqual(results, [11, 2, 6]);
});

void test("a task without options has a job's defaults, and the name of its export", async (t) => {
  const bench = new Bench(t);
  const job = await bench.info(await plain!.submit(bench.queue, { x: 1 }));
  const { name, priority, maxAttempts, timeout, description, retryDelay } = job;
  assert.deepEqual([name, priority, maxAttempts], ["plain", 0, 3]);
  assert.deepEqual([timeout, description, retryDelay], [300, "", 0]);
});

void test("toJob makes a job with the task's options that is not submitted", async (t) => {
  const bench = new Bench(t);
  const job = urgent!.toJob({ x: 1 });
  assert.ok(job instanceof Job);
  const { name, params, priority, maxAttempts, timeout, description, retryDelay } = job;
  assert.deepEqual([name, params, priority], ["hurry", { x: 1 }, 10]);
  assert.deepEqual([maxAttempts, timeout, description, retryDelay], [5, 60, "soon", 30]);
  assert.deepEqual(urgent!.toJob().params, {});
  assert.equal((await bench.queue.stats()).total, 0);
});

void test("a task of a job that fails fails it", async (t) => {
  const bench = new Bench(t);
  const id = await broken!.submit(bench.queue);
  await bench.drain();
  const { status, error } = await bench.info(id);
  assert.equal(status, "failed");
  assert.match(error!, /^Error: broken/);
});

void test("what no worker could call is refused where it is defined, with a TypeError", () => {
  const make = task as (...args: unknown[]) => Task;
  for (const [what, fn, options, message] of [
    ["no function", "resize", {}, /in place of a function/],
    ["a task", plain, {}, /only once/],
    ["a generator", function* many() {}, {}, /generator/],
    ["a class", class Resize {}, {}, /class/],
    ["an unknown option", () => 1, { max_attempts: 5 }, /no option "max_attempts"/],
    ["several of them", () => 1, { foo: 1, bar: 2 }, /no option "foo"/],
  ] as const) {
    const isRight = (error: unknown) => error instanceof TypeError && message.test(error.message);
    assert.throws(() => make(import.meta.url, fn, options), isRight, what);
  }
});

void test("what GigQ refuses may be a task: a lambda, an asynchronous function, one made in another", async (t) => {
  const makeTask = () => task(import.meta.url, async () => 1);
  const made = makeTask();
  assert.equal(await (made as unknown as () => Promise<number>)(), 1);
  // That nobody exports it is known when it is submitted.
  await assert.rejects(made.submit(new Bench(t).queue), TypeError);
});
