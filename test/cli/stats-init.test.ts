import assert from "node:assert/strict";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { Desk, refuses } from "./desk.js";

void test("stats counts the jobs by status", async (t) => {
  const desk = new Desk(t);
  const at = (name: string) => `${desk.path("jobs.mjs")}#${name}`;
  const parent = new Job({ function: at("greet"), runAt: new Date(Date.now() + 3_600_000) });
  const many = Array.from({ length: 1_000 }, () => new Job({ function: "pack#job" }));
  await desk.queue.submitAll([
    parent,
    new Job({ function: at("greet"), dependencies: [parent.id] }),
    ...many,
  ]);
  await desk.queue.cancelAll(many.map((job) => job.id));
  await desk.queue.submit(new Job({ function: at("greet") }));
  await desk.work();
  assert.equal(
    await desk.ask("stats"),
    [
      "pending        2  (1 delayed, 1 waiting for parents)",
      "running        0",
      "completed      1",
      "failed         0",
      "cancelled  1,000",
      "timeout        0",
      "total      1,003",
      "",
    ].join("\n"),
  );
  assert.deepEqual(JSON.parse(await desk.ask("stats --json")), {
    pending: 2,
    running: 0,
    completed: 1,
    failed: 0,
    cancelled: 1_000,
    timeout: 0,
    delayed: 1,
    blocked: 1,
    total: 1_003,
  });
});

void test("init creates a queue that only its owner can read, and leaves one that is there", async (t) => {
  const desk = new Desk(t);
  assert.equal(await desk.ask("init"), `Created a queue at ${desk.db}\n`);
  assert.equal(statSync(desk.db).mode & 0o777, 0o600);
  await desk.ask("submit ./jobs.mjs#greet");
  assert.equal(await desk.ask("init"), `There is a queue already at ${desk.db}\n`);
  assert.equal((await desk.queue.stats()).total, 1);
  assert.deepEqual(JSON.parse(await desk.ask("init --json --db other.db")), {
    path: desk.path("other.db"),
    created: true,
  });
});

void test("only submit, run, worker and init create a queue", async (t) => {
  const desk = new Desk(t);
  const readers = [
    "status 1",
    "list",
    "wait 1",
    "cancel 1",
    "requeue 1",
    "requeue --status failed",
    "clear",
    "stats",
    "submit ./jobs.mjs#greet --depends-on 1",
  ];
  const expected = refuses(
    5,
    `there is no queue at ${desk.db}`,
    "Name one with --db or GIGQ_DB, or create it with: gigq init",
  );
  const answers = await Promise.all(readers.map((line) => desk.gigq(line)));
  for (const [index, answer] of answers.entries()) {
    assert.deepEqual(answer, expected, readers[index]);
  }
  assert.equal(existsSync(desk.db), false);
  const creators = ["submit ./jobs.mjs#greet", "run ./jobs.mjs#greet", "worker --once", "init"];
  await Promise.all(creators.map((line, index) => desk.gigq(`${line} --db ${index}.db`)));
  for (const index of creators.keys()) assert.ok(existsSync(desk.path(`${index}.db`)), `${index}`);
});

void test("an empty file is no queue to readers, and stays empty", async (t) => {
  const desk = new Desk(t);
  writeFileSync(desk.db, "");
  assert.deepEqual(
    await desk.gigq("list"),
    refuses(
      5,
      `there is no queue at ${desk.db}`,
      "Name one with --db or GIGQ_DB, or create it with: gigq init",
    ),
  );
  assert.equal(statSync(desk.db).size, 0);
  await desk.ask("submit ./jobs.mjs#greet");
  assert.equal((await desk.queue.stats()).total, 1);
});
