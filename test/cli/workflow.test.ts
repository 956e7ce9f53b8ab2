import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Desk } from "./desk.js";

const FLOW = `
name: nightly
steps:
  fetch:
    function: ./jobs.mjs#echo
    params: { rows: [1, 2] }
    timeout: 1m30s
    retryDelay: 2
  count:
    function: ./jobs.mjs#echo
    dependsOn: fetch
    passParentResults: true
    timeout: none
    priority: 5
  report:
    function: jobs.mjs#greet
    name: the report
    dependsOn: [fetch, count]
    onParentFailure: run
`;

/** A desk with a file on it. */
function deskWith(t: ConstructorParameters<typeof Desk>[0], name: string, text: string): Desk {
  const desk = new Desk(t);
  writeFileSync(desk.path(name), text);
  return desk;
}

void test("a workflow file is submitted as a whole, and its ids are printed in its order", async (t) => {
  const desk = deskWith(t, "flow.yaml", FLOW);
  const ids = (await desk.ask("workflow submit flow.yaml")).trim().split("\n");
  const [fetch, count, report] = await Promise.all(ids.map((id) => desk.job(id)));
  assert.deepEqual(
    [fetch!, count!, report!].map((job) => [job.name, job.function, job.dependencies, job.timeout]),
    [
      ["fetch", `${desk.folder}/jobs.mjs#echo`, [], 90],
      ["count", `${desk.folder}/jobs.mjs#echo`, [ids[0]], null],
      ["the report", `${desk.folder}/jobs.mjs#greet`, [ids[0], ids[1]], 300],
    ],
  );
  assert.deepEqual([fetch!.retryDelay, count!.priority, report!.onParentFailure], [2, 5, "run"]);
  await desk.work();
  assert.deepEqual((await desk.job(ids[1]!)).result, {
    parentResults: { [ids[0]!]: { rows: [1, 2] } },
  });
  assert.equal((await desk.job(ids[2]!)).status, "completed");
});

void test("functions are found from where the file is", async (t) => {
  const desk = new Desk(t);
  mkdirSync(desk.path("flows"));
  writeFileSync(desk.path("flows/f.yaml"), "steps: { one: { function: ../jobs.mjs#greet } }");
  const id = await desk.ask("workflow submit flows/f.yaml");
  assert.equal((await desk.job(id)).function, `${desk.folder}/jobs.mjs#greet`);
});

void test("JSON is read too, also from standard input, and --json answers the steps", async (t) => {
  const desk = new Desk(t);
  const steps = {
    first: { function: "./jobs.mjs#greet" },
    later: { function: "./jobs.mjs#greet", dependsOn: ["first"], delay: "10m" },
  };
  const answer = JSON.parse(
    await desk.ask("workflow submit - --json", { input: JSON.stringify({ steps }) }),
  );
  const [first, later] = [await desk.job(1), await desk.job(2)];
  assert.deepEqual(answer, {
    name: "workflow",
    steps: [
      {
        step: "first",
        id: first.id,
        seq: 1,
        name: "first",
        function: first.function,
        dependsOn: [],
      },
      {
        step: "later",
        id: later.id,
        seq: 2,
        name: "later",
        function: later.function,
        dependsOn: ["first"],
      },
    ],
  });
  assert.ok(Date.parse(later.runAt!) - Date.parse(later.createdAt) > 590_000);
});

void test("--dry-run shows the graph, parents first, and creates no database", async (t) => {
  const desk = deskWith(
    t,
    "flow.yaml",
    FLOW.replace("steps:", "steps:\n  last: { function: ./jobs.mjs#greet, dependsOn: report }"),
  );
  assert.equal(
    await desk.ask("workflow submit flow.yaml --dry-run"),
    [
      "nightly: 4 steps, nothing submitted",
      "  fetch       ./jobs.mjs#echo",
      "  count       ./jobs.mjs#echo   after fetch",
      "  the report  ./jobs.mjs#greet  after fetch, count",
      "  last        ./jobs.mjs#greet  after the report",
      "",
    ].join("\n"),
  );
  const { steps } = JSON.parse(await desk.ask("workflow submit flow.yaml --dry-run --json"));
  assert.deepEqual(
    steps.map(({ step, dependsOn }: { step: string; dependsOn: string[] }) => [step, dependsOn]),
    [
      ["last", ["report"]],
      ["fetch", []],
      ["count", ["fetch"]],
      ["report", ["fetch", "count"]],
    ],
  );
  assert.equal(existsSync(desk.db), false);
});

void test("a step may depend on a job of the queue, by number or id", async (t) => {
  const desk = deskWith(
    t,
    "flow.yaml",
    "steps: { one: { function: ./jobs.mjs#greet, dependsOn: [1, '#2'] } }",
  );
  const parents = [
    await desk.ask("submit ./jobs.mjs#greet"),
    await desk.ask("submit ./jobs.mjs#greet"),
  ];
  const id = await desk.ask("workflow submit flow.yaml");
  assert.deepEqual(
    (await desk.job(id)).dependencies,
    parents.map((line) => line.trim()),
  );
});

void test("--wait waits for all steps, and exits as they ended", async (t) => {
  const steps = "steps: { bad: { function: ./jobs.mjs#fail, maxAttempts: 1 } }";
  const desk = deskWith(t, "flow.yaml", steps);
  const waiting = desk.gigq("workflow submit flow.yaml --wait");
  const worker = desk.start("worker");
  const { status, stderr } = await waiting;
  worker.kill();
  assert.deepEqual(
    [status, stderr],
    [10, "bad #1 failed after 1 attempt: TypeError: bad header\n"],
  );
});

void test("steps are submitted in the order of the file, also where their names are numbers", async (t) => {
  const desk = new Desk(t);
  const yaml = "steps:\n  b: &b { function: ./jobs.mjs#greet }\n  2: *b\n  1: *b\n  0.5: *b\n";
  const step = { function: "./jobs.mjs#greet" };
  const json = `{ "steps": { "b": {}, "2": {}, "1": {}, "0.5": {} } }`.replaceAll(
    "{}",
    JSON.stringify(step),
  );
  for (const input of [yaml, json]) {
    await desk.ask("workflow submit -", { input });
  }
  const names = (await desk.queue.listJobs()).map((job) => job.name).reverse();
  assert.deepEqual(names, ["b", "2", "1", "0.5", "b", "2", "1", "0.5"]);
});

void test("what steps have in common may be said once, with anchors and merge keys", async (t) => {
  const desk = new Desk(t);
  const input = [
    "steps:",
    "  one: &common { function: ./jobs.mjs#greet, timeout: 7s, priority: 3 }",
    "  two: { <<: *common, priority: 4, dependsOn: one }",
  ].join("\n");
  const [, id] = (await desk.ask("workflow submit -", { input })).trim().split("\n");
  const { name, timeout, priority, dependencies } = await desk.job(id!);
  assert.deepEqual([name, timeout, priority, dependencies.length], ["two", 7, 4, 1]);
});
