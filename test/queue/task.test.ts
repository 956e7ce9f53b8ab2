import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import * as v from "valibot";
import { z } from "zod";
import {
  GigqError,
  type Job,
  type JobInfo,
  type JobQueue,
  type Task,
  task,
} from "../../src/index.js";
import { fixture, PROJECT } from "../support/paths.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { Place } from "../support/worker.js";

const run = promisify(execFile);
const TASKS = fixture("tasks/tasks.mjs");

type Tasks = Readonly<Record<string, Task>>;

async function tasks(): Promise<Tasks> {
  return import(pathToFileURL(TASKS).href);
}

async function infoOf(queue: JobQueue, id: string): Promise<JobInfo> {
  const info = await queue.getStatus(id);
  assert.ok(info.exists);
  return info;
}

async function drained(place: Place, ids: readonly string[]): Promise<JobInfo[]> {
  await place.worker({ until: "drain" }).start();
  return Promise.all(ids.map((id) => infoOf(place.queue, id)));
}

void test("a task is submitted under the name of its export, and a worker finds it there", async (t) => {
  const place = new Place(t);
  const { shout, whisper, default: bang } = await tasks();
  const ids = [
    await shout!.submit(place.queue, { word: "Hey" }),
    await whisper!.submit(place.queue, { word: "Hey" }),
    await bang!.submit(place.queue, { word: "Hey" }),
  ];
  const jobs = await drained(place, ids);
  assert.deepEqual(
    jobs.map(({ function: address, name, result }) => [address, name, result]),
    [
      [`${TASKS}#shout`, "shout", "HEY"],
      [`${TASKS}#whisper`, "whisper", "hey"],
      [`${TASKS}#default`, "default", "Hey!"],
    ],
  );
});

void test("the options of a task are the rules of its jobs, and submit may say otherwise", async (t) => {
  const { queue } = new Place(t);
  const { tired } = await tasks();
  const rules = async (id: string) => {
    const job = await infoOf(queue, id);
    const { name, priority, maxAttempts, timeout, description, retryDelay, backoff } = job;
    return { name, priority, maxAttempts, timeout, description, retryDelay, backoff };
  };
  const own = {
    name: "sleepy",
    priority: 7,
    maxAttempts: 2,
    timeout: 12.5,
    description: "does not want to",
    retryDelay: 3,
    backoff: "exponential",
  };
  assert.deepEqual(await rules(await tired!.submit(queue)), own);
  const urgent = await tired!.submit(queue, {}, { priority: 99, name: "now" });
  assert.deepEqual(await rules(urgent), { ...own, priority: 99, name: "now" });
});

void test("toJob makes a job that is not submitted", async (t) => {
  const { queue } = new Place(t);
  const { tired } = await tasks();
  const job = tired!.toJob({ word: "Hey" });
  assert.deepEqual([job.name, job.params, job.timeout], ["sleepy", { word: "Hey" }, 12.5]);
  assert.deepEqual(await queue.getStatus(job.id), { exists: false });
  assert.equal(await queue.submit(job), job.id);
});

void test("a task that its module does not export is a TypeError at submit, and nothing is stored", async (t) => {
  const { queue } = new Place(t);
  const module = await tasks();
  const hidden = (module as unknown as { alsoHidden: () => Task }).alsoHidden();
  await assert.rejects(hidden.submit(queue), (error: Error) => {
    assert.ok(error instanceof TypeError);
    assert.match(error.message, /tasks\.mjs does not export the task without a name/);
    assert.match(error.message, /export const/);
    return true;
  });
  assert.equal((await queue.stats()).total, 0);
});

void test("what cannot be a task is a TypeError where it is defined", () => {
  const here = import.meta.url;
  const make = task as (...args: unknown[]) => Task;
  const refused = (args: unknown[], message: RegExp) =>
    assert.throws(
      () => make(...args),
      (error: Error) => {
        assert.ok(error instanceof TypeError, String(error));
        assert.match(error.message, message);
        return true;
      },
    );
  refused([here, make(here, () => 1)], /is a task already: wrap it only once/);
  refused(
    [here, () => 1, { timout: 60 }],
    /a task has no option "timout"\. Did you mean timeout\?/,
  );
  refused([here, () => 1, { whatever: 1 }], /Known are: name, priority, maxAttempts, timeout/);
  refused([here, class Resize {}], /Resize is a class/);
  refused([here, function* many() {}], /many is a generator/);
  refused([here, async function* many() {}], /many is a generator/);
  refused([here, { async *many() {} }.many], /many is a generator/);
  refused([here, "resize"], /given a string in place of a function/);
  refused([() => 1], /given a function for the module\. Write: task\(import\.meta\.url, fn\)/);
  refused(["./jobs.ts", () => 1], /given "\.\/jobs\.ts" for the module/);
  refused(["https://example.com/jobs.ts", () => 1], /for the module/);
  refused([here, () => 1, { input: { size: "number" } }], /input is an object, and no schema/);
});

void test("a rule that makes no sense is told where the task is defined", () => {
  assert.throws(
    () => task(import.meta.url, () => 1, { timeout: -1 }),
    (error) => error instanceof GigqError && error.code === "usage",
  );
});

void test("a task of CommonJS names its module by __filename", async (t) => {
  const place = new Place(t);
  const { shout } = createRequire(import.meta.url)(fixture("tasks/tasks.cjs")) as Tasks;
  const [job] = await drained(place, [await shout!.submit(place.queue, { word: "hey" })]);
  assert.equal(job!.function, `${fixture("tasks/tasks.cjs")}#shout`);
  assert.equal(job!.result, "HEY");
});

void test("a task in TypeScript is found when the submitter was loaded by jiti", async (t) => {
  const place = new Place(t);
  const jiti = join(PROJECT, "node_modules/jiti/lib/jiti-cli.mjs");
  const submitter = [jiti, fixture("tasks/submit.ts"), place.path];
  const { stdout } = await run(process.execPath, submitter, { cwd: place.folder });
  const jobs = await drained(place, stdout.trim().split("\n"));
  assert.deepEqual(
    jobs.map(({ name, result }) => [name, result]),
    [
      ["shout", "LOUD hey"],
      ["echo", "hey"],
    ],
  );
});

void test("a task made by a second copy of gigq is a task all the same", async (t) => {
  const place = new Place(t);
  const copy = join(place.folder, "node_modules/gigq");
  mkdirSync(copy, { recursive: true });
  cpSync(join(PROJECT, "package.json"), join(copy, "package.json"));
  cpSync(join(PROJECT, "dist/src"), join(copy, "dist/src"), { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(copy, "node_modules"));
  cpSync(TASKS, join(place.folder, "tasks.mjs"));
  const { strict, shout }: Tasks = await import(
    pathToFileURL(join(place.folder, "tasks.mjs")).href
  );
  const { task: otherTask } = await import(pathToFileURL(join(copy, "dist/src/index.js")).href);
  assert.notEqual(otherTask, task);
  assert.throws(() => task(import.meta.url, shout!), /is a task already/);

  const params = { list: [0, { "a-b": 1 }] };
  const ids = [
    await strict!.submit(place.queue, params),
    await shout!.submit(place.queue, { word: "hey" }),
  ];
  const [checked, shouted] = await drained(place, ids);
  assert.deepEqual(checked!.result, { ...params, seen: 1 });
  assert.equal(shouted!.result, "HEY");
});

void test("a program may define its tasks and submit them in one file", async (t) => {
  const place = new Place(t);
  const program = fixture("tasks/all-in-one.mjs");
  const { stdout } = await run(process.execPath, [program, place.path]);
  const [id, refusal] = stdout.trim().split("\n");
  const [job] = await drained(place, [id!]);
  assert.equal(job!.result, "HEY");
  // Its exports are not known before it has run to its end, and this one has no name of its own.
  assert.match(refusal!, /the exports of .* cannot be told/);
});

void test("params that the schema refuses are not submitted, and the error has the path", async (t) => {
  const { queue } = new Place(t);
  const { strict } = await tasks();
  await assert.rejects(strict!.submit(queue, { list: [0, { "a-b": "one" }] }), (error: Error) => {
    assert.ok(error instanceof GigqError);
    assert.equal(error.code, "usage");
    assert.equal(
      error.message,
      'the task does not take these params: params.list[1]["a-b"]: not a number; params: all in all wrong',
    );
    return true;
  });
  assert.equal((await queue.stats()).total, 0);
});

void test("params are checked again before the job runs, however they were stored", async (t) => {
  const place = new Place(t);
  const id = await place.queue.submit(
    place.jobAt(`${TASKS}#strict`, { params: { list: [] }, maxAttempts: 1 }),
  );
  const [job] = await drained(place, [id]);
  assert.equal(job!.status, "failed");
  assert.match(job!.error!, /params\.list\[1\]\["a-b"\]: not a number/);
});

void test("the function is given what comes out of the schema, checked once for each attempt", async (t) => {
  const place = new Place(t);
  const { strict } = await tasks();
  const params = { list: [0, { "a-b": 1 }] };
  const [job] = await drained(place, [await strict!.submit(place.queue, params)]);
  assert.deepEqual(job!.params, params);
  assert.deepEqual(job!.result, { ...params, seen: 1 });
});

void test("parents' results are put into params after the schema has seen them", async (t) => {
  const place = new Place(t);
  const { strict, shout } = await tasks();
  const parent = await shout!.submit(place.queue, { word: "hey" });
  const params = { list: [0, { "a-b": 1 }] };
  const child = await strict!.submit(place.queue, params, {
    dependencies: [parent],
    passParentResults: true,
  });
  const [job] = await drained(place, [child]);
  assert.deepEqual(job!.result, { ...params, seen: 1, parentResults: { [parent]: "HEY" } });
});

void test("schemas of Zod and Valibot say which field is wrong", async (t) => {
  const { queue } = new Place(t);
  const schemas = [
    z.object({ files: z.array(z.object({ name: z.string() })) }),
    v.object({ files: v.array(v.object({ name: v.string() })) }),
  ];
  for (const input of schemas) {
    const resize = task(
      import.meta.url,
      function resize({ files }) {
        return files.length;
      },
      { input },
    );
    await assert.rejects(
      resize.submit(queue, { files: [{ name: "a" }, { name: 1 as unknown as string }] }),
      /the task does not take these params: params\.files\[1\]\.name: /,
    );
  }
});

void test("the version of a module that its URL names is no part of a job's address", async (t) => {
  const place = new Place(t);
  const folder = temporaryFolder(t);
  const file = join(folder, "tasks.mjs");
  const source = "export const one = task(import.meta.url, () => 1);";
  const index = pathToFileURL(join(PROJECT, "dist/src/index.js")).href;
  writeFileSync(file, `import { task } from ${JSON.stringify(index)};\n${source}\n`);
  const { one }: Tasks = await import(`${pathToFileURL(file).href}?v=2`);
  const job = await infoOf(place.queue, await one!.submit(place.queue));
  assert.equal(job.function, `${file}#one`);
});

void test("what is no queue, and a rule that a task says itself, are a TypeError", async (t) => {
  const { queue } = new Place(t);
  const { shout } = await tasks();
  const submit = shout!.submit as (...args: unknown[]) => Promise<string>;
  const refused = (args: unknown[], message: RegExp) =>
    assert.rejects(submit(...args), { name: "TypeError", message });
  await refused(["gigq.db"], /given a string for the queue\. Write: submit\(new JobQueue/);
  await refused([queue, {}, { params: { word: "hey" } }], /Params come before the rules/);
  await refused([queue, {}, { function: "./jobs.ts#go" }], /calls its own function/);
  // What is wrong is told by the promise, as all else is.
  await assert.rejects(submit(queue, "hey"), { code: "usage", message: /params is "hey"/ });
});

void test("what is no job is a TypeError where it is submitted or waited for", async (t) => {
  const { queue } = new Place(t);
  const { shout } = await tasks();
  const submit = queue.submit.bind(queue) as (job: unknown) => Promise<string>;
  await assert.rejects(submit(shout), {
    name: "TypeError",
    message: /Write: resize\.submit\(queue/,
  });
  await assert.rejects(submit("./jobs.ts#go"), { name: "TypeError", message: /given a string/ });
  const job = shout!.toJob({ word: "hey" });
  const dependOn = job.dependOn.bind(job) as (parent: unknown) => Job;
  assert.throws(() => dependOn(job.id), { name: "TypeError", message: /dependOn\(\{ id \}\)/ });
  assert.throws(() => dependOn({ id: 5 }), { name: "TypeError", message: /given an object/ });
  assert.deepEqual(job.dependencies, []);
});
