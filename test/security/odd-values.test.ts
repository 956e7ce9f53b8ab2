import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { Job } from "../../src/index.js";
import { Desk } from "../cli/desk.js";

function deskWithValues(t: TestContext): Desk {
  const desk = new Desk(t);
  desk.bring("values.mjs");
  return desk;
}

async function resultOf(desk: Desk, name: string, params: Record<string, unknown> = {}) {
  const job = new Job({ function: `${desk.path("values.mjs")}#${name}`, params, maxAttempts: 1 });
  await desk.queue.submit(job);
  await desk.work();
  return desk.job(job.id);
}

void test("results are what JSON makes of them, or a failure that says why not", async (t) => {
  const desk = deskWithValues(t);
  const numbers = { beyond: 2 ** 53 + 2, large: Number.MAX_VALUE, minusZero: 0 };
  for (const [which, expected] of Object.entries(numbers)) {
    assert.equal((await resultOf(desk, "number", { which })).result, expected, which);
  }
  for (const which of ["nan", "infinite"]) {
    assert.equal((await resultOf(desk, "number", { which })).result, null, which);
  }
  assert.deepEqual((await resultOf(desk, "date")).result, { at: "1970-01-01T00:00:00.000Z" });
  assert.match((await resultOf(desk, "bigint")).error!, /JSON cannot hold: TypeError: .*BigInt/);
  assert.match(
    (await resultOf(desk, "circular")).error!,
    /JSON cannot hold: TypeError: .*circular/,
  );
});

void test("half characters and NULs in params and results come back as they were", async (t) => {
  const desk = deskWithValues(t);
  const odd = { "\ud800": "\udc00\0", whole: "😀", "\0": ["\udfff\ud800"] };
  const job = await resultOf(desk, "echo", odd);
  assert.deepEqual([job.params, job.result], [odd, odd]);
  const half = await resultOf(desk, "half");
  assert.deepEqual(half.result, { "\ud800": "\udc00", whole: "😀", nul: "\0" });
  const [first] = JSON.parse(await desk.ask("list --json")).slice(-1);
  assert.deepEqual(first.params, odd);
  await desk.ask("status 1 2 --show-params --show-result");
});

void test("half characters in an error become the sign for what cannot be shown", async (t) => {
  const desk = deskWithValues(t);
  const { error, executions } = await resultOf(desk, "halfError");
  assert.match(error!, /^TypeError: half \ufffd and nul \0 \(\ufffd\)\n/);
  assert.equal(executions[0]!.error, error);
  // The cut through the middle of a long one may go through a character.
  for (const character of ["😀", "x😀"]) {
    const cut = await resultOf(desk, "longError", { length: 30_000, character });
    assert.doesNotMatch(cut.error!, /\p{Surrogate}/u);
  }
  await desk.ask("status 1");
});

void test("half characters in names and addresses are refused", async (t) => {
  const desk = deskWithValues(t);
  const line = (more: string) => `{"function":"./values.mjs#echo",${more}}\n`;
  for (const [option, input] of [
    ["name", line('"name":"a\\ud800"')],
    ["description", line('"description":"a\\udc00"')],
    ["function", '{"function":"./values.mjs#a\\udc00"}\n'],
  ]) {
    const { status, stderr } = await desk.gigq("submit --batch -", { input: input! });
    assert.equal(status, 2);
    assert.match(
      stderr,
      new RegExp(`^gigq: line 1: ${option} is .*, and holds half of a character\n`),
    );
  }
  await desk.ask("submit --batch -", {
    input: line('"name":"a\\ud83d\\ude00","description":"\\u0000"'),
  });
  const { name, description } = await desk.job(1);
  assert.deepEqual([name, description], ["a😀", "\0"]);
});

void test("nothing of the environment is stored", async (t) => {
  const desk = deskWithValues(t);
  const secret = randomBytes(16).toString("hex");
  const env = { SECRET_TOKEN: secret };
  for (const name of ["knows", "failsKnowing"]) {
    const words = ["submit", `./values.mjs#${name}`, "-p", "name=SECRET_TOKEN"];
    await desk.ask([...words, "--max-attempts", "1"], { env });
  }
  // A queue that is held open keeps its -wal file.
  await desk.queue.stats();
  await desk.gigq("worker --drain", { env });
  assert.equal((await desk.job(1)).result, "string");
  assert.match((await desk.job(2)).error!, /knows string/);
  const entries = readdirSync(desk.folder, { recursive: true, encoding: "utf8" });
  const files = entries.filter((name) => statSync(desk.path(name)).isFile());
  assert.ok(files.includes("gigq.db") && files.includes("gigq.db-wal"), files.join());
  for (const file of files) {
    assert.equal(readFileSync(desk.path(file)).includes(secret), false, file);
  }
});
