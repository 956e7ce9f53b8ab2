import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { Job } from "../../src/index.js";
import { Desk } from "../cli/desk.js";

const MB = 1_000_000;

/** No process of a test may take more memory for its JavaScript than this. */
const LITTLE_MEMORY = { NODE_OPTIONS: "--max-old-space-size=768" };

function deskWithValues(t: TestContext): Desk {
  const desk = new Desk(t);
  desk.bring("values.mjs");
  return desk;
}

/** JSON of arrays and objects in each other. */
function nested(levels: number): string {
  const pairs = levels / 2;
  return `${'{"x":['.repeat(pairs)}0${"]}".repeat(pairs)}`;
}

void test("params of 50 MB are refused in one sentence, however they come", async (t) => {
  const desk = deskWithValues(t);
  const params = JSON.stringify({ x: "y".repeat(50 * MB) });
  writeFileSync(desk.path("params.json"), params);
  writeFileSync(desk.path("batch"), `{"function":"./values.mjs#echo","params":${params}}\n`);
  const env = LITTLE_MEMORY;
  const refusals = [
    await desk.gigq("submit ./values.mjs#echo --params @params.json", { env }),
    await desk.gigq("submit ./values.mjs#echo --params -", { env, input: params }),
    await desk.gigq("submit --batch batch", { env }),
  ];
  for (const { status, stdout, stderr } of refusals) {
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(
      stderr,
      /^gigq: (line 1: )?params take 50000008 characters as JSON, and at most 16777216 are kept\nWrite the data to a file, and pass its path.*\n$/,
    );
  }
  assert.throws(() => new Job({ function: "./values.mjs#echo", params: JSON.parse(params) }), {
    code: "usage",
  });
});

void test("whatever is 50 MB long in a batch, the refusal is short", async (t) => {
  const desk = deskWithValues(t);
  const long = "y".repeat(50 * MB);
  const lines: readonly [name: string, line: string][] = [
    ["function", `{"function":"./${long}.mjs#echo"}`],
    ["name", `{"function":"./values.mjs#echo","name":"${long}"}`],
    ["option", `{"function":"./values.mjs#echo","${long}":1}`],
    ["dependency", `{"function":"./values.mjs#echo","dependencies":["${long}"]}`],
    ["no JSON", long],
  ];
  for (const [name, line] of lines) {
    writeFileSync(desk.path("batch"), line);
    const { status, stderr } = await desk.gigq("submit --batch batch", { env: LITTLE_MEMORY });
    assert.equal(status, 2, `${name}: ${stderr.slice(0, 500)}`);
    assert.ok(stderr.length < 20_000, `${name}: ${stderr.length} characters`);
  }
});

void test("results and errors that are too long harm only their own job", async (t) => {
  const desk = deskWithValues(t);
  const submit = (name: string, params: Record<string, unknown>) =>
    desk.queue.submit(
      new Job({ function: `${desk.path("values.mjs")}#${name}`, params, maxAttempts: 1 }),
    );
  await submit("long", { length: 17 * MB });
  await submit("long", { length: 50 * MB });
  await submit("longError", { length: 50 * MB });
  await submit("longError", { length: 50 * MB, character: "\n" });
  // The largest there is, of what takes most room on its way.
  await submit("long", { length: 8 * 1024 * 1024 - 1, character: '"' });
  await submit("long", { length: 3 });
  const { status, stderr } = await desk.gigq("worker --drain", { env: LITTLE_MEMORY });
  assert.equal(status, 0, stderr.slice(0, 500));
  for (const [ref, length] of [
    [1, 17 * MB],
    [2, 50 * MB],
  ] as const) {
    const { error } = await desk.job(ref);
    assert.match(error!, new RegExp(`^the function returned ${length + 2} characters of JSON`));
  }
  for (const ref of [3, 4]) {
    const { status, error } = await desk.job(ref);
    assert.equal(status, "failed");
    assert.ok(error!.length < 40_000, `${error!.length} characters`);
    assert.match(error!, /^Error: [\s\S]* characters left out/);
  }
  assert.equal(((await desk.job(5)).result as string).length, 8 * 1024 * 1024 - 1);
  assert.equal((await desk.job(6)).result, "xxx");
  const list = await desk.ask("list");
  assert.equal(list.split("\n").length, 9, list);
});

void test("what is nested too deep is refused in one sentence, however it comes", async (t) => {
  const desk = deskWithValues(t);
  for (const levels of [1_002, 100_000]) {
    const json = nested(levels);
    writeFileSync(desk.path("params.json"), json);
    writeFileSync(desk.path("batch"), `{"function":"./values.mjs#echo","params":${json}}\n`);
    const refusals = [
      await desk.gigq("submit ./values.mjs#echo --params @params.json"),
      await desk.gigq("submit --batch batch"),
      ...(levels > 100_000 / 3
        ? []
        : [await desk.gigq(["submit", "./values.mjs#echo", "-p", `x=${json}`])]),
    ];
    for (const { status, stdout, stderr } of refusals) {
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(
        stderr,
        /^gigq: (line 1: )?params are nested too deep\nAt most 1000 arrays and objects .*\n$/,
      );
    }
    assert.throws(() => new Job({ function: "./values.mjs#echo", params: JSON.parse(json) }), {
      code: "usage",
      message: "params are nested too deep",
    });
  }
});

void test("what is nested as deep as may be comes back, and is shown by every command", async (t) => {
  const desk = deskWithValues(t);
  const json = nested(1_000);
  writeFileSync(desk.path("params.json"), json);
  await desk.ask("submit ./values.mjs#echo --params @params.json");
  await desk.gigq("worker --drain");
  assert.equal(JSON.stringify((await desk.job(1)).result), json);
  for (const line of ["status 1", "status 1 --show-params --show-result", "list", "list --json"]) {
    await desk.ask(line);
  }
  assert.equal(JSON.stringify(JSON.parse(await desk.ask("status 1 --json")).params), json);
  assert.equal(await desk.ask("run ./values.mjs#echo --params @params.json"), `${json}\n`);
});

for (const isolation of ["process", "thread", "inline"]) {
  void test(`a result that is nested too deep fails with a sentence (${isolation})`, async (t) => {
    const desk = deskWithValues(t);
    for (const levels of [1_000, 1_001, 5_000, 100_000]) {
      const job = { function: `${desk.path("values.mjs")}#deep`, params: { levels } };
      await desk.queue.submit(new Job({ ...job, maxAttempts: 1 }));
    }
    assert.equal((await desk.gigq(`worker --drain --isolation ${isolation}`)).status, 0);
    assert.equal((await desk.job(1)).status, "completed");
    for (const ref of [2, 3, 4]) {
      assert.equal(
        (await desk.job(ref)).error,
        "the function returned what JSON cannot hold: it is nested too deep, and at most 1000 arrays " +
          "and objects may stand in each other. Return strings, numbers, booleans, null, arrays and objects",
      );
    }
    await desk.ask("list --json");
  });
}
