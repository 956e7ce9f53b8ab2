import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Desk, refuses } from "./desk.js";

const GREET = '{"function":"./jobs.mjs#greet"}';

void test("a batch prints the ids in the order of its lines, and passes over empty ones", async (t) => {
  const desk = new Desk(t);
  const lines = [
    '{"function":"./jobs.mjs#greet","name":"first","params":{"name":"Ada"}}',
    "",
    '  {"function":"jobs.mjs#echo","name":"second","priority":9,"timeout":null}\r',
    "\t",
    '{"function":"pack#age","runAt":"2099-01-01T00:00:00Z","passParentResults":true}',
  ];
  writeFileSync(desk.path("batch.jsonl"), `\ufeff${lines.join("\n")}\n`);
  const ids = (await desk.ask("submit --batch batch.jsonl")).trim().split("\n");
  const jobs = await Promise.all(ids.map((id) => desk.job(id)));
  assert.deepEqual(
    jobs.map((job) => [job.seq, job.name, job.function, job.params, job.priority, job.timeout]),
    [
      [1, "first", `${desk.folder}/jobs.mjs#greet`, { name: "Ada" }, 0, 300],
      [2, "second", `${desk.folder}/jobs.mjs#echo`, {}, 9, null],
      [3, "age", "pack#age", {}, 0, 300],
    ],
  );
  assert.equal(jobs[2]!.runAt, "2099-01-01T00:00:00.000Z");
});

void test("a batch comes from standard input too, and with --json answers a list", async (t) => {
  const desk = new Desk(t);
  const parent = (await desk.ask("submit --batch -", { input: GREET })).trim();
  const input = `{"function":"./jobs.mjs#greet","dependencies":[1]}\n`;
  const [child] = JSON.parse(await desk.ask("submit --batch - --json", { input }));
  assert.deepEqual(child, { id: (await desk.job(2)).id, seq: 2 });
  assert.deepEqual((await desk.job(2)).dependencies, [parent]);
  assert.equal(await desk.ask("submit --batch - --json", { input: "\n" }), "[]\n");
  assert.equal(await desk.ask("submit --batch -"), "");
});

void test("a line that is wrong is named, and nothing of the batch is kept", async (t) => {
  const desk = new Desk(t);
  const none = "No job was submitted";
  const cases: [line: string, status: number, message: string, hint: string][] = [
    [
      '{"function"',
      2,
      `no JSON: ${complaint('{"function"')}`,
      `Each line is one JSON object. ${none}`,
    ],
    ["[1]", 2, "no JSON object", `Each line is one JSON object. ${none}`],
    ['{"name":"x"}', 2, '"function" is missing', `For example: "./jobs.ts#resize". ${none}`],
    [
      '{"function":"./jobs.mjs#greet","timeuot":3}',
      2,
      'a job has no option "timeuot"',
      "Known are: function, name, params, priority, dependencies, maxAttempts, timeout, description, retryDelay, backoff, onParentFailure, passParentResults, runAt. No job was submitted",
    ],
    [
      '{"function":"./jbos.mjs#greet"}',
      2,
      "there is no module at ./jbos.mjs",
      `Paths are relative to where you stand (${desk.folder}). Did you mean ./jobs.mjs? ${none}`,
    ],
    [
      '{"function":"./jobs.mjs"}',
      2,
      '"./jobs.mjs" does not name a module and an export',
      `Write the module, a "#" and the name of the export: ./jobs.mjs#resize. ${none}`,
    ],
    [
      '{"function":"./jobs.mjs#greet","maxAttempts":"3"}',
      2,
      'maxAttempts is "3"',
      `maxAttempts is a whole number from 1 to 1000000. ${none}`,
    ],
    [
      '{"function":"./jobs.mjs#greet","runAt":"soon"}',
      2,
      'runAt is "soon"',
      `runAt is a date with a zone, as in 2026-11-22T08:00:00Z or 2026-11-22T09:00:00+01:00. ${none}`,
    ],
    [
      '{"function":"./jobs.mjs#greet","dependencies":["x"]}',
      2,
      '"x" is no job id',
      `Give a job's number, as in 42, or its id; gigq list shows both. ${none}`,
    ],
    [
      '{"function":"./jobs.mjs#greet","dependencies":[7]}',
      5,
      `there is no queue at ${desk.db}`,
      `Name one with --db or GIGQ_DB, or create it with: gigq init. ${none}`,
    ],
  ];
  await Promise.all(
    cases.map(async ([line, status, message, hint]) => {
      const ran = await desk.gigq("submit --batch -", { input: `${GREET}\n\n${line}\n${GREET}` });
      assert.deepEqual(ran, refuses(status, `line 3: ${message}`, hint));
    }),
  );
  assert.equal(existsSync(desk.db), false);
});

void test("a dependency that is not there spoils the batch", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  const input = `{"function":"./jobs.mjs#greet","dependencies":[1,2]}`;
  assert.deepEqual(
    await desk.gigq("submit --batch -", { input: `${GREET}\n${input}` }),
    refuses(
      3,
      "line 2: there is no job #2 to depend on",
      "gigq list shows the jobs there are. No job was submitted",
    ),
  );
  assert.equal((await desk.queue.stats()).total, 1);
});

void test("what belongs in the lines is refused beside --batch", async (t) => {
  const desk = new Desk(t);
  const hint = "Leave it out, and write it in the lines of the file";
  const [address, flag, missing] = await Promise.all([
    desk.gigq("submit ./jobs.mjs#greet --batch -", { input: GREET }),
    desk.gigq("submit --batch - --max-attempts 3", { input: GREET }),
    desk.gigq("submit --batch nowhere"),
  ]);
  const message = "--batch takes each job from its file, and";
  assert.deepEqual(address, refuses(2, `${message} ./jobs.mjs#greet was given besides`, hint));
  assert.deepEqual(flag, refuses(2, `${message} --max-attempts was given besides`, hint));
  assert.deepEqual(
    missing,
    refuses(
      2,
      "--batch: nowhere cannot be read: there is no such file",
      `Paths are relative to where you stand (${desk.folder})`,
    ),
  );
  assert.equal(existsSync(desk.db), false);
});

/** What this version of Node says about a text that is no JSON. */
function complaint(text: string): string {
  try {
    return JSON.parse(text);
  } catch (error) {
    return (error as Error).message;
  }
}
