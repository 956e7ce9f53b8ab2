import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { GigqError, Job, type JobInfo, type Task, Workflow } from "../../src/index.js";
import { fixture } from "../support/paths.js";
import { Place } from "../support/worker.js";

const { shout, count, given } = (await import(
  pathToFileURL(fixture("tasks/tasks.mjs")).href
)) as Readonly<Record<string, Task>>;

async function infosOf(place: Place, ids: readonly string[]): Promise<JobInfo[]> {
  return (await place.queue.getStatuses(ids)).filter((info) => info.exists);
}

async function drained(place: Place, ids: readonly string[]): Promise<JobInfo[]> {
  await place.worker({ until: "drain", concurrency: 2 }).start();
  return infosOf(place, ids);
}

void test("a workflow fans out and in again, and children are given what their parents returned", async (t) => {
  const place = new Place(t);
  const flow = new Workflow("diamond");
  const first = flow.addTask(shout!, { params: { word: "go" } });
  const middle = ["a", "b", "c"].map((word) =>
    flow.addTask(shout!, { params: { word }, dependsOn: first, name: word }),
  );
  flow.addTask(count!, { dependsOn: middle });
  const ids = await flow.submitAll(place.queue);
  assert.deepEqual(
    ids,
    flow.jobs.map((job) => job.id),
  );
  const jobs = await drained(place, ids);
  assert.deepEqual(
    jobs.map(({ name, result }) => [name, result]),
    [
      ["shout", "GO"],
      ["a", "A"],
      ["b", "B"],
      ["c", "C"],
      ["count", "A B C"],
    ],
  );
  const began = (index: number) => Date.parse(jobs[index]!.startedAt!);
  const ended = (index: number) => Date.parse(jobs[index]!.completedAt!);
  for (const index of [1, 2, 3]) {
    assert.ok(ended(0) <= began(index));
    assert.ok(ended(index) <= began(4));
  }
});

void test("jobs and tasks may be mixed, and a job that was submitted before may be a parent", async (t) => {
  const place = new Place(t);
  const before = shout!.toJob({ word: "before" });
  await place.queue.submit(before);
  const flow = new Workflow("mixed");
  const job = flow.addJob(place.job("add", { params: { a: 1, b: 2 } }), { dependsOn: before });
  flow.addTask(count!, { dependsOn: [before, job] });
  const ids = await flow.submitAll(place.queue);
  const [, last] = await drained(place, ids);
  assert.deepEqual(last!.dependencies, [before.id, job.id]);
  assert.match(last!.result as string, /^BEFORE /);
});

void test("parents' results are in the context, in the params, or nowhere, as it is told", async (t) => {
  const place = new Place(t);
  const flow = new Workflow("modes");
  const parent = flow.addTask(shout!, { params: { word: "hey" } });
  const params = { parentResults: "mine" };
  flow.addTask(given!, { params, dependsOn: parent });
  flow.addTask(given!, { params, dependsOn: parent, passParentResults: true });
  flow.addTask(given!, { params, dependsOn: parent, passParentResults: false });
  flow.addTask(count!, { dependsOn: parent });
  flow.addTask(count!, { dependsOn: parent, passParentResults: false });
  const jobs = await drained(place, await flow.submitAll(place.queue));
  assert.deepEqual(
    jobs.slice(1).map((job) => job.result),
    [params, { parentResults: { [parent.id]: "HEY" } }, params, "HEY", ""],
  );
});

void test("a cycle is refused with its jobs named, and nothing is stored", async (t) => {
  const { queue } = new Place(t);
  const flow = new Workflow("round");
  const job = (name: string) => new Job({ function: "./jobs.ts#go", name });
  flow.addJob(job("outside"));
  const [a, b, c] = [flow.addJob(job("a")), flow.addJob(job("b")), flow.addJob(job("c"))];
  flow.addJob(b, { dependsOn: a });
  flow.addJob(c, { dependsOn: b });
  flow.addJob(a, { dependsOn: [c] });
  await assert.rejects(flow.submitAll(queue), (error: Error) => {
    assert.ok(error instanceof GigqError);
    assert.equal(error.code, "cycle");
    assert.match(error.message, /a → c → b → a/);
    return true;
  });
  assert.equal((await queue.stats()).total, 0);
});

void test("a parent that is neither in the workflow nor in the queue is refused, and nothing is stored", async (t) => {
  const { queue } = new Place(t);
  const flow = new Workflow("orphans");
  flow.addTask(shout!, { params: { word: "hey" } });
  flow.addTask(count!, { dependsOn: shout!.toJob({ word: "never submitted" }) });
  await assert.rejects(flow.submitAll(queue), { code: "unknown-parent" });
  assert.equal((await queue.stats()).total, 0);
});

void test("one bad step keeps the whole workflow out", async (t) => {
  const { queue } = new Place(t);
  const flow = new Workflow("half");
  flow.addTask(shout!, { params: { word: "hey" } });
  const { strict } = await import(pathToFileURL(fixture("tasks/tasks.mjs")).href);
  flow.addTask(strict as Task, { params: { list: [] } });
  await assert.rejects(flow.submitAll(queue), { code: "usage" });
  assert.equal((await queue.stats()).total, 0);
});

void test("what is no task and no job is a TypeError where it is added", () => {
  const flow = new Workflow("wrong");
  const addTask = flow.addTask.bind(flow) as (...args: unknown[]) => Job;
  const addJob = flow.addJob.bind(flow) as (...args: unknown[]) => Job;
  assert.throws(() => addTask(function plain() {}), {
    name: "TypeError",
    message:
      /wrong: the function plain is no task\. Make it one with task\(import\.meta\.url, fn\)/,
  });
  assert.throws(() => addTask(new Job({ function: "./jobs.ts#go" })), { name: "TypeError" });
  assert.throws(() => addTask(undefined), { name: "TypeError", message: /undefined is no task/ });
  assert.throws(() => addJob(shout), { name: "TypeError", message: /is no job/ });
  assert.throws(() => addTask(shout, { dependsOn: ["some id"] }), {
    name: "TypeError",
    message: /a string is no job/,
  });
  assert.deepEqual(flow.jobs, []);
});

void test("an unknown option of a step is refused", () => {
  const addTask = new Workflow("typo").addTask as (...args: unknown[]) => Job;
  assert.throws(() => addTask.call(new Workflow("typo"), shout, { dependOn: [] }), {
    code: "usage",
    message: /no option "dependOn"/,
  });
  const flow = new Workflow("typo");
  const addJob = flow.addJob.bind(flow) as (...args: unknown[]) => Job;
  assert.throws(() => addJob(shout!.toJob({}), { dependOn: [] }), {
    name: "TypeError",
    message: /addJob has no option "dependOn"/,
  });
  assert.deepEqual(flow.jobs, []);
});

void test("a workflow is submitted once", async (t) => {
  const { queue } = new Place(t);
  const flow = new Workflow("again");
  flow.addTask(shout!, { params: { word: "hey" } });
  await flow.submitAll(queue);
  await assert.rejects(flow.submitAll(queue), { code: "usage", message: /submitted already/ });
});

void test("a workflow without jobs submits nothing", async (t) => {
  assert.deepEqual(await new Workflow("empty").submitAll(new Place(t).queue), []);
});
