import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Schema, task } from "../../src/index.js";
import { fixture } from "../support/paths.js";
import { taskModule } from "../support/task-module.js";
import { Place } from "../support/worker.js";

const TASKS = fixture("tasks/tasks.mjs");

/** A Standard Schema that answers so. */
function schemaOf<Answer>(validate: (value: unknown) => Answer): Schema {
  return { "~standard": { version: 1, validate: validate as never } };
}

void test("a schema may answer with any kind of promise, and must answer", async (t) => {
  const { queue } = new Place(t);
  const answer = { issues: [{ message: "no" }] };
  // biome-ignore lint/suspicious/noThenProperty: what is like a promise is what it is about.
  const late = { then: (tell: (given: unknown) => void) => tell(answer) };
  const refused = (given: unknown, expected: object) =>
    assert.rejects(
      task(TASKS, function shout() {}, { input: schemaOf(() => given) }).submit(queue, {}),
      expected,
    );
  await refused(late, { code: "usage", message: /these params: params: no$/ });
  const what = /the input schema answered (undefined|an object), and neither a value nor issues/;
  for (const given of [undefined, {}, { issues: "no" }, Promise.resolve()]) {
    await refused(given, { name: "TypeError", message: what });
  }
});

void test("parents' results do not cost the params their class, and are not put into what is no object", async (t) => {
  const place = new Place(t);
  const { tasks } = await taskModule(
    t,
    `const given = (make) => ({ "~standard": { version: 1, validate: (value) => ({ value: make(value) }) } });
     class Size { #x = 5; get area() { return this.#x ** 2; } }
     export const kept = task(import.meta.url,
       (size) => [size.area, Object.values(size.parentResults)], { input: given(() => new Size()) });
     export const none = task(import.meta.url, () => 1, { input: given(() => null), maxAttempts: 1 });`,
  );
  const { shout } = await import(pathToFileURL(TASKS).href);
  const parent = await shout!.submit(place.queue, { word: "hey" });
  const rules = { dependencies: [parent], passParentResults: true };
  const ids = [
    await tasks.kept!.submit(place.queue, {}, rules),
    await tasks.none!.submit(place.queue, {}, rules),
  ];
  await place.worker({ until: "drain" }).start();
  const [kept, none] = await place.queue.wait(ids);
  assert.deepEqual(kept!.result, [25, ["HEY"]]);
  assert.match(none!.error!, /the input schema made null of the params/);
});
