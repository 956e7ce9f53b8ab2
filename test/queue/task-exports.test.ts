import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { type JobQueue, type Task, task } from "../../src/index.js";
import { taskModule } from "../support/task-module.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { Place } from "../support/worker.js";

async function addressOf(queue: JobQueue, id: string): Promise<string> {
  const info = await queue.getStatus(id);
  assert.ok(info.exists);
  return info.function;
}

void test("of the names of an export, one is taken that can be written behind a #", async (t) => {
  const { queue } = new Place(t);
  const { file, tasks } = await taskModule(
    t,
    `export const one = task(import.meta.url, () => 1);
     export { one as "a#b" };
     const two = task(import.meta.url, () => 2);
     export { two as "#" };`,
  );
  const address = await addressOf(queue, await tasks.one!.submit(queue));
  assert.equal(address, `${file}#one`);
  await assert.rejects(tasks["#"]!.submit(queue), {
    name: "TypeError",
    message: /does not export the task/,
  });
});

void test("a task whose module was loaded in another way is found by how it looks, or not at all", async (t) => {
  const { queue } = new Place(t);
  const { file } = await taskModule(
    t,
    `export const alone = task(import.meta.url, function by({ word }) { return word; });
     const times = (n) => task(import.meta.url, ({ word }) => word.repeat(n));
     export const once = times(1);
     export const twice = times(2);`,
  );
  // As a loader would have it that changes the source of what it loads.
  const alone = task(file, function by(params: { word: string }) {
    return params.word;
  });
  const address = await addressOf(queue, await alone.submit(queue, { word: "hey" }));
  assert.equal(address, `${file}#alone`);
  const n = 2;
  const twice = task(file, ({ word }: { word: string }) => word.repeat(n));
  await assert.rejects(twice.submit(queue, { word: "hey" }), {
    name: "TypeError",
    message: /several tasks that look alike, .* Give each function the name of its export/,
  });
});

void test("an export that throws when it is looked at does not keep a task from being found", async (t) => {
  const { queue } = new Place(t);
  const file = join(temporaryFolder(t), "tasks.cjs");
  writeFileSync(
    file,
    `exports.make = (task) => { exports.one = task(__filename, () => 1); return exports.one; };
     Object.defineProperty(exports, "late", { enumerable: true, get() { throw new Error("not here"); } });`,
  );
  const one: Task = createRequire(import.meta.url)(file).make(task);
  const address = await addressOf(queue, await one.submit(queue));
  assert.equal(address, `${file}#one`);
});
