import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { z } from "zod";
import { Job, type JobQueue, type Task, task, Workflow } from "../../src/index.js";

/*
 * What the compiler says. Each `@ts-expect-error` fails the build when the line below it compiles,
 * and each `same<…>()` when two types differ. Nothing here is run but the last test.
 */

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function same<_Proof extends true>(): void {}

const here = import.meta.url;

const resize = task(
  here,
  async ({ file, width = 100 }: { file: string; width?: number }, { signal, log }) => {
    log(signal.aborted);
    return { file, width, at: new Date() };
  },
  { timeout: 120, maxAttempts: 5, backoff: "exponential", retryDelay: 2 },
);

const tick = task(here, () => "tock");

const greet = task(here, ({ name = "world" }: { name?: string }) => `Hello, ${name}!`);

const checked = task(here, ({ size }, { attempt }) => size.toFixed(attempt), {
  input: z.object({ size: z.coerce.number(), tags: z.array(z.string()).default([]) }),
});

const checkedToo = task(here, async ({ size }) => size + 1, {
  input: v.object({ size: v.number() }),
});

function calls(): void {
  same<Same<Parameters<typeof resize>[0], { file: string; width?: number }>>();
  same<Same<Awaited<ReturnType<typeof resize>>["at"], Date>>();
  same<Same<ReturnType<typeof greet>, string>>();
  greet({});
  // @ts-expect-error: it takes a name that is a string
  greet({ name: 1 });
  // @ts-expect-error: called directly, it needs its context as before
  void resize({ file: "a.png" });
}

async function submits(queue: JobQueue): Promise<void> {
  const id = await resize.submit(queue, { file: "a.png" });
  const result = await queue.getResult(id);
  same<Same<typeof result, { file: string; width: number; at: string } | undefined>>();
  const unknown = await queue.getResult("some id");
  same<Same<typeof unknown, unknown>>();

  await tick.submit(queue);
  await greet.submit(queue);
  await greet.submit(queue, {}, { priority: 5, runAt: new Date() });
  // @ts-expect-error: it insists on a file
  await resize.submit(queue);
  // @ts-expect-error: the file is a string
  await resize.submit(queue, { file: 1 });
  // @ts-expect-error: a misspelt param
  await resize.submit(queue, { file: "a.png", widht: 3 });
  // @ts-expect-error: a misspelt rule
  await greet.submit(queue, {}, { prioritty: 5 });
  // @ts-expect-error: no queue
  await greet.submit("gigq.db", {});
}

function schemas(queue: JobQueue): void {
  // What goes into the schema may be other than what comes out of it.
  void checked.submit(queue, { size: "12" });
  same<Same<Parameters<typeof checked>[0], { size: number; tags: string[] }>>();
  void checkedToo.submit(queue, { size: 12 });
  // @ts-expect-error: its schema wants a number
  void checkedToo.submit(queue, { size: "12" });
  // @ts-expect-error: the function takes what does not come out of the schema
  task(here, ({ size }: { size: string }) => size, { input: z.object({ size: z.number() }) });
  // @ts-expect-error: this is no schema
  task(here, ({ size }: { size: string }) => size, { input: { size: "number" } });
}

function definitions(): void {
  // @ts-expect-error: an unknown option
  task(here, () => 1, { timout: 60 });
  // @ts-expect-error: seconds are a number
  task(here, () => 1, { timeout: "60s" });
  // @ts-expect-error: no such backoff
  task(here, () => 1, { backoff: "linear" });
  // @ts-expect-error: no function
  task(here, "resize");
  // @ts-expect-error: the context has nothing of that name
  task(here, (_params: object, { sginal }) => sginal);
  const sloppy = task(here, ({ file }) => file);
  // @ts-expect-error: params without a type are not known, and cannot be given
  sloppy.toJob({ file: "a.png" });
  // @ts-expect-error: a job's function is given params and context, and nothing else
  task(here, (_params: object, _context: unknown, third: number) => third);
}

function workflows(): void {
  const flow = new Workflow("types");
  const first = flow.addTask(resize, { params: { file: "a.png" } });
  same<Same<typeof first, Job>>();
  flow.addTask(tick, { dependsOn: first, passParentResults: false });
  flow.addTask(greet);
  flow.addJob(new Job({ function: "./jobs.ts#greet" }), { dependsOn: [first] });
  // @ts-expect-error: it insists on a file
  flow.addTask(resize);
  // @ts-expect-error: and so here
  flow.addTask(resize, { dependsOn: first });
  // @ts-expect-error: a misspelt param
  flow.addTask(resize, { params: { fil: "a.png" } });
  // @ts-expect-error: a misspelt option
  flow.addTask(tick, { dependOn: [first] });
  // @ts-expect-error: dependencies are jobs
  flow.addTask(tick, { dependsOn: ["some id"] });
  // @ts-expect-error: a function is no task
  flow.addTask(() => 1);
  // @ts-expect-error: a task is no job
  flow.addJob(tick);
}

interface Picture {
  file: string;
  width?: number;
}

type AnyJson = string | number | boolean | null | AnyJson[] | { [key: string]: AnyJson };

function interfaces(queue: JobQueue, picture: Picture): void {
  const draw = task(here, (given: Picture): Picture => given);
  void draw.submit(queue, picture);
  // Interfaces have no index signature, and are params all the same.
  void nameOf(draw);
  void (draw as Task).submit(queue, picture);
  new Job({ function: "./jobs.ts#draw", params: picture });
  // @ts-expect-error: a text is no params
  new Job({ function: "./jobs.ts#draw", params: "a.png" });
}

async function results(queue: JobQueue): Promise<void> {
  const draw = task(here, (given: Picture): Picture => given);
  // What may be missing may be missing still, and is never there without a value.
  const drawn: Picture | undefined = await queue.getResult(await draw.submit(queue, { file: "a" }));
  const json = task(here, ({ value }: { value: AnyJson }): AnyJson => value);
  const any: AnyJson | undefined = await queue.getResult(await json.submit(queue, { value: [1] }));
  void [drawn, any];
}

function paramless(queue: JobQueue): void {
  // @ts-expect-error: it takes no params
  void tick.submit(queue, { file: "a.png" });
  const untyped = task(here, (_, { log }) => log("hello"));
  void untyped.submit(queue);
  const none = task(here, (_: undefined, { log }) => log("hello"));
  void none.submit(queue);
  const whatever = task(here, (given: unknown) => typeof given);
  void whatever.submit(queue, { file: "a.png" });
}

/** A task of whatever kind, as somebody else's code may take it. */
function nameOf(any: Task): string {
  return any.toJob({}).name;
}

void test("a task is called as the function that it was made of", () => {
  assert.equal(greet({ name: "Ada" }), "Hello, Ada!");
  assert.equal(tick(), "tock");
  assert.equal(greet.length, 1);
});

void test("tasks of all kinds are tasks", () => {
  assert.deepEqual([resize, tick, greet, checked, checkedToo].map(nameOf), Array(5).fill("task"));
});

void test("what must not compile does not", () => {
  // The compiler has said so, or this file would not be here. They are never called.
  assert.deepEqual(
    [calls, submits, schemas, definitions, workflows, interfaces, results, paramless].map(
      (fn) => typeof fn,
    ),
    Array(8).fill("function"),
  );
});
