import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import Database from "better-sqlite3";
import { Job } from "../../src/index.js";
import { Desk, refuses } from "./desk.js";

const DAY_MS = 86_400_000;

/** Six jobs that have ended: four completed, one failed, one cancelled; the first ended first. */
async function fill(desk: Desk): Promise<void> {
  const job = (name: string) =>
    new Job({ function: `${desk.path("jobs.mjs")}#${name}`, maxAttempts: 1 });
  await desk.queue.submitAll(["greet", "greet", "greet", "fail", "greet"].map(job));
  await desk.work();
  const cancelled = job("greet");
  await desk.queue.submit(cancelled);
  await desk.queue.cancel(cancelled.id);
  age(desk, { 1: 30, 2: 8, 3: 6.9, 4: 30, 5: 0, 6: 0 });
}

/** Makes it look as if jobs had ended so many days ago. */
function age(desk: Desk, days: Readonly<Record<number, number>>): void {
  const db = new Database(desk.db);
  const update = db.prepare("update job set finished_at = ? where seq = ?");
  for (const [seq, ago] of Object.entries(days)) update.run(Date.now() - ago * DAY_MS, Number(seq));
  db.close();
}

const seqs = async (desk: Desk) => (await desk.queue.listJobs()).map((job) => job.seq);

void test("clear removes completed and cancelled jobs", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  assert.equal(
    await desk.ask("clear --dry-run"),
    "Would clear 5 jobs (4 completed, 1 cancelled)\n",
  );
  assert.deepEqual(await seqs(desk), [6, 5, 4, 3, 2, 1]);
  assert.equal(await desk.ask("clear"), "Cleared 5 jobs (4 completed, 1 cancelled)\n");
  assert.deepEqual(await seqs(desk), [4]);
  assert.equal(await desk.ask("clear"), "Cleared 0 jobs\n");
  assert.equal(await desk.ask("clear --status failed"), "Cleared 1 job (1 failed)\n");
  assert.deepEqual(await seqs(desk), []);
});

void test("--before is an age or a date", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  const today = new Date();
  const date = new Date(today.getTime() - 7.5 * DAY_MS).toISOString();
  const lines = ["7d", "7", "168h", "1w", date, "1.5h", "0", "2000-01-01"].map((before) =>
    desk.ask(`clear --dry-run --json --before ${before}`),
  );
  const totals = (await Promise.all(lines)).map((text) => JSON.parse(text).total);
  assert.deepEqual(totals, [2, 2, 2, 2, 2, 3, 5, 0]);
  assert.equal(
    await desk.ask("clear --before 7d --status completed,failed"),
    "Cleared 3 jobs (2 completed, 1 failed)\n",
  );
  assert.deepEqual(await seqs(desk), [6, 5, 3]);
});

void test("what unfinished jobs need stays, and is told", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  await desk.ask("submit ./jobs.mjs#greet --depends-on 5,2 --delay 1h");
  assert.equal(
    await desk.ask("clear --dry-run"),
    "Would clear 3 jobs (2 completed, 1 cancelled). Would keep 2 that other jobs still need\n",
  );
  assert.deepEqual(JSON.parse(await desk.ask("clear --json")), {
    total: 3,
    byStatus: { completed: 2, cancelled: 1 },
    kept: 2,
    bytesFreed: 0,
    bytesReusable: 0,
  });
  assert.deepEqual(await seqs(desk), [7, 5, 4, 2]);
});

void test("only finished jobs are cleared, and a time must be one", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  const time = "Give an age (7d, 12h, 90m) or a date (2026-11-01)";
  const [running, word, empty, month] = await Promise.all([
    desk.gigq("clear --status running"),
    desk.gigq("clear --before yesterdayish"),
    desk.gigq(["clear", "--before", ""]),
    desk.gigq("clear --before 2026-13-01"),
  ]);
  assert.deepEqual(
    running,
    refuses(
      2,
      "running jobs are not over, and cannot be cleared",
      "Choose among: completed, failed, cancelled, timeout",
    ),
  );
  assert.deepEqual(word, refuses(2, '--before: "yesterdayish" is no time', time));
  assert.deepEqual(
    empty,
    refuses(2, "--before needs a value, and it is empty", "Is a variable of your script not set?"),
  );
  assert.deepEqual(month, refuses(2, '--before: "2026-13-01" is no time', time));
  assert.equal((await seqs(desk)).length, 6);
});

void test("a dry run tells the same as the run, whatever has to go before it", async (t) => {
  const desk = new Desk(t);
  const job = (dependencies: string[]) =>
    new Job({ function: `${desk.path("jobs.mjs")}#greet`, dependencies, maxAttempts: 1 });
  // The parent is younger than its child, so that it can only go in a second pass.
  const parent = job([]);
  const child = job([parent.id]);
  await desk.queue.submitAll([child, parent]);
  await desk.queue.cancel(parent.id);
  assert.equal(await desk.ask("clear --dry-run"), "Would clear 2 jobs (2 cancelled)\n");
  assert.equal(await desk.ask("clear"), "Cleared 2 jobs (2 cancelled)\n");
});

/** A queue with some megabytes of cancelled jobs. */
async function large(desk: Desk): Promise<void> {
  const text = "x".repeat(30_000);
  const jobs = Array.from(
    { length: 200 },
    () => new Job({ function: "./jobs.mjs#greet", params: { text } }),
  );
  await desk.queue.cancelAll(await desk.queue.submitAll(jobs));
}

void test("clear gives back the space of what it has removed", async (t) => {
  const desk = new Desk(t);
  await large(desk);
  const before = statSync(desk.db).size;
  const said = await desk.ask("clear");
  assert.match(said, /^Cleared 200 jobs \(200 cancelled\)\. [5-7](\.\d)? MiB given back\n$/);
  assert.ok(statSync(desk.db).size < before / 10);
  const db = new Database(desk.db, { readonly: true });
  t.after(() => db.close());
  assert.equal(db.pragma("integrity_check", { simple: true }), "ok");
});

void test("in a queue that cannot give space back, clear says that later jobs use it", async (t) => {
  const desk = new Desk(t);
  // As it was created before gigq gave space back.
  const db = new Database(desk.db);
  db.pragma("auto_vacuum = none");
  db.pragma("journal_mode = wal");
  db.close();
  await large(desk);
  const said = await desk.ask("clear");
  assert.match(
    said,
    /^Cleared 200 jobs \(200 cancelled\)\. \d(\.\d)? MiB of the file are free for later jobs\n$/,
  );
});
