import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Desk, refuses, says, UUID } from "./desk.js";

void test("submit prints the id and nothing else", async (t) => {
  const desk = new Desk(t);
  const id = await desk.ask("submit ./jobs.mjs#greet");
  assert.match(id, UUID);
  const { seq, name, status, params } = await desk.job(id);
  assert.deepEqual(
    { seq, name, status, params },
    {
      seq: 1,
      name: "greet",
      status: "pending",
      params: {},
    },
  );
  const answer = JSON.parse(await desk.ask("submit ./jobs.mjs#greet --json"));
  assert.deepEqual(answer, { id: (await desk.job(2)).id, seq: 2 });
});

void test("an address means the same wherever the worker stands", async (t) => {
  const desk = new Desk(t);
  mkdirSync(desk.path("below"));
  const ids = await Promise.all([
    desk.ask("submit ./jobs.mjs#greet"),
    desk.ask("submit jobs.mjs#greet"),
    desk.ask(`submit file://${desk.folder}/jobs.mjs#greet`),
    desk.ask(`submit ../jobs.mjs#greet --db ${desk.db}`, { cwd: desk.path("below") }),
    desk.ask("submit some-package/jobs#greet"),
  ]);
  const functions = await Promise.all(ids.map(async (id) => (await desk.job(id)).function));
  const absolute = `${desk.folder}/jobs.mjs#greet`;
  assert.deepEqual(functions, [absolute, absolute, absolute, absolute, "some-package/jobs#greet"]);
});

void test("parameters are JSON, or else text, and go over those of --params", async (t) => {
  const desk = new Desk(t);
  writeFileSync(desk.path("params.json"), '{"from":"file"}');
  const submit = ["submit", "./jobs.mjs#echo"];
  const ids = await Promise.all([
    desk.ask([
      ...submit,
      "-p",
      "a=1",
      "-p",
      "b=x y",
      "--param",
      'c={"d":[null]}',
      "-pe=",
      "-p",
      "f=g=h",
    ]),
    desk.ask([...submit, "--params", '{"a":1,"b":{"c":2}}', "-p", "a=true"]),
    desk.ask([...submit, "--params", "@params.json"]),
    desk.ask([...submit, "--params", "-"], { input: '{"from":"stdin"}\n' }),
    desk.ask([...submit, "-p", "id=007", "-p", 'quoted="007"', "-p", "nothing=null"]),
  ]);
  const params = await Promise.all(ids.map(async (id) => (await desk.job(id)).params));
  assert.deepEqual(params, [
    { a: 1, b: "x y", c: { d: [null] }, e: "", f: "g=h" },
    { a: true, b: { c: 2 } },
    { from: "file" },
    { from: "stdin" },
    { id: "007", quoted: "007", nothing: null },
  ]);
});

void test("every rule can be told, and status shows it under the library's name", async (t) => {
  const desk = new Desk(t);
  const [parent] = await Promise.all([desk.ask("submit ./jobs.mjs#greet")]);
  await desk.ask([
    ...["submit", "./jobs.mjs#greet", "-n", "hi there", "--priority", "-5", "--max-attempts", "7"],
    ...["--timeout", "1h30m", "--retry-delay", "1.5s", "--backoff", "exponential"],
    ...["--depends-on", "1", "--on-parent-failure", "wait", "--description", "for you"],
  ]);
  const job = JSON.parse(await desk.ask("status 2 --json"));
  const { id, createdAt, updatedAt, ...rules } = job;
  assert.match(`${id}\n`, UUID);
  assert.equal(createdAt, updatedAt);
  assert.deepEqual(rules, {
    exists: true,
    seq: 2,
    name: "hi there",
    function: `${desk.folder}/jobs.mjs#greet`,
    status: "pending",
    params: {},
    result: null,
    error: null,
    priority: -5,
    attempts: 0,
    maxAttempts: 7,
    timeout: 5400,
    retryDelay: 1.5,
    backoff: "exponential",
    onParentFailure: "wait",
    dependencies: [parent!.trim()],
    waitingOn: 1,
    description: "for you",
    runAt: null,
    startedAt: null,
    completedAt: null,
    progress: null,
    workerId: null,
    executions: [],
  });
});

void test("a job may have no timeout, and may be put off", async (t) => {
  const desk = new Desk(t);
  const beforeMs = Date.now();
  const [none, delayed, at, local] = await Promise.all([
    desk.ask("submit ./jobs.mjs#greet --timeout none"),
    desk.ask("submit ./jobs.mjs#greet --delay 1h"),
    desk.ask("submit ./jobs.mjs#greet --at 2099-01-02T03:04:05+01:00"),
    desk.ask("submit ./jobs.mjs#greet --at 2099-01-02T03:04"),
  ]);
  const afterMs = Date.now();
  assert.equal((await desk.job(none)).timeout, null);
  const dueMs = Date.parse((await desk.job(delayed)).runAt!) - 3_600_000;
  assert.ok(dueMs >= beforeMs && dueMs <= afterMs, `${dueMs} between ${beforeMs} and ${afterMs}`);
  assert.equal((await desk.job(at)).runAt, "2099-01-02T02:04:05.000Z");
  assert.equal((await desk.job(local)).runAt, new Date(2099, 0, 2, 3, 4).toISOString());
});

void test("parents are named by number or id", async (t) => {
  const desk = new Desk(t);
  const [a, b, c] = [
    await desk.ask("submit ./jobs.mjs#greet"),
    await desk.ask("submit ./jobs.mjs#greet"),
    await desk.ask("submit ./jobs.mjs#greet"),
  ].map((id) => id.trim());
  const child = await desk.ask(`submit ./jobs.mjs#greet --depends-on #2,${a} --depends-on 3`);
  const { dependencies, waitingOn } = await desk.job(child);
  assert.deepEqual({ dependencies, waitingOn }, { dependencies: [b, a, c], waitingOn: 3 });
  assert.deepEqual(
    await desk.gigq("submit ./jobs.mjs#greet --depends-on 1,99"),
    refuses(3, "there is no job #99 to depend on", "gigq list shows the jobs there are"),
  );
  assert.equal((await desk.queue.stats()).total, 4);
});

void test("submit never loads the user's module", async (t) => {
  const desk = new Desk(t);
  desk.bring("loud.mjs");
  await Promise.all([
    desk.ask("submit ./loud.mjs#quiet"),
    desk.ask("submit --batch -", { input: '{"function":"./loud.mjs#quiet"}' }),
  ]);
  assert.equal(existsSync(desk.path("loaded")), false);
  assert.deepEqual(await desk.gigq("run ./loud.mjs#quiet"), says({ stdout: "quiet\n" }));
  assert.equal(existsSync(desk.path("loaded")), true);
});

void test("the database is --db, else GIGQ_DB, else gigq.db", async (t) => {
  const desk = new Desk(t);
  const env = { GIGQ_DB: "env.db" };
  const submit = ["submit", "./jobs.mjs#greet"];
  await Promise.all([
    desk.ask(["--db", "before.db", ...submit]),
    desk.ask([...submit, `--db=${desk.path("after.db")}`]),
    desk.ask(submit, { env }),
    desk.ask([...submit, "--db", "flag.db"], { env }),
    desk.ask(submit, { env: { GIGQ_DB: "" } }),
  ]);
  const counts = await Promise.all(
    ["before.db", "after.db", "env.db", "flag.db", "gigq.db"].map(
      async (db) => JSON.parse(await desk.ask(`--json stats --db ./${db}`)).total,
    ),
  );
  assert.deepEqual(counts, [1, 1, 1, 1, 1]);
});
