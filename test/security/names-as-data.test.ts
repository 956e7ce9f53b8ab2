import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { Desk } from "../cli/desk.js";

/** JSON whose keys are the names that every object has already. */
const TRAPS =
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":2}';

void test("names that every object has are keys like any others, all the way", async (t) => {
  const desk = new Desk(t);
  desk.bring("values.mjs");
  const file = desk.path("values.mjs");
  const line = (name: string) => `{"function":"${name}","params":${TRAPS}}\n`;
  const flags = [...Object.entries(JSON.parse(TRAPS))].flatMap(([key, value]) => [
    "-p",
    `${key}=${JSON.stringify(value)}`,
  ]);
  await desk.ask(["submit", "./values.mjs#echo", "--params", TRAPS]);
  await desk.ask(["submit", "./values.mjs#echo", ...flags]);
  await desk.ask(["submit", "./values.mjs#echo", "--params", TRAPS, ...flags]);
  await desk.ask("submit --batch -", { input: line("./values.mjs#echo") });
  const ids = [1, 2, 3, 4];
  await desk.queue.submit(new Job({ function: `${file}#echo`, params: JSON.parse(TRAPS) }));
  await desk.queue.submit(
    new Job({
      function: `${file}#parents`,
      params: JSON.parse(TRAPS),
      dependencies: [(await desk.job(1)).id],
      passParentResults: true,
    }),
  );
  for (const isolation of ["process", "inline"]) {
    await desk.gigq(`worker --drain --isolation ${isolation}`);
  }
  for (const ref of [...ids, 5]) {
    const job = await desk.job(ref);
    assert.equal(JSON.stringify(job.params), TRAPS, `params of ${ref}`);
    assert.equal(JSON.stringify(job.result), TRAPS, `result of ${ref}`);
  }
  const parent = (await desk.job(1)).id;
  const result = (await desk.job(6)).result as Record<string, unknown>;
  const parentResults = `{"${parent}":${TRAPS}}`;
  assert.equal(JSON.stringify(result.parentResults), parentResults);
  assert.equal(
    JSON.stringify(result.params),
    `${TRAPS.slice(0, -1)},"parentResults":${parentResults}}`,
  );
  assert.equal(result.polluted, null);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  const shown = JSON.parse(await desk.ask("status 6 --json"));
  assert.equal(JSON.stringify(shown.result), JSON.stringify(result));
  const listed = JSON.parse(await desk.ask("list --json"));
  assert.equal(JSON.stringify(listed.at(-1).params), TRAPS);
});

void test("options with such names are no options", async (t) => {
  const desk = new Desk(t);
  for (const name of ["__proto__", "constructor", "prototype", "toString"]) {
    writeFileSync(desk.path("jobs"), `{"function":"./jobs.mjs#echo","${name}":{"name":"x"}}\n`);
    const { status, stderr } = await desk.gigq("submit --batch jobs");
    assert.deepEqual(
      [status, stderr.split("\n")[0]],
      [2, `gigq: line 1: a job has no option "${name}"`],
    );
  }
});
