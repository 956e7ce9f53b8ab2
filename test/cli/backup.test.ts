import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { test } from "node:test";
import Database from "better-sqlite3";
import { Job } from "../../src/index.js";
import { NO_MOUNTS, OwnMounts } from "../support/own-mounts.js";
import { Desk, refuses } from "./desk.js";

void test("a queue is backed up while workers drain it and submitters fill it", async (t) => {
  const desk = new Desk(t);
  const job = () => new Job({ function: `${desk.path("jobs.mjs")}#greet` });
  await desk.queue.submitAll(Array.from({ length: 4_000 }, job));
  const worker = desk.start("worker");
  let submitting = true;
  const submitted = (async () => {
    while (submitting) {
      await desk.queue.submit(job());
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const completed = async () => (await desk.queue.stats()).completed;
  while ((await completed()) < 100) await desk.queue.submit(job());
  const told = JSON.parse(await desk.ask("backup copy.db --json"));
  submitting = false;
  await submitted;
  worker.kill("SIGKILL");
  const path = desk.path("copy.db");
  assert.equal((statSync(path).mode & 0o777).toString(8), "600");
  const copy = new Database(path);
  t.after(() => copy.close());
  assert.equal(copy.pragma("integrity_check", { simple: true }), "ok");
  assert.deepEqual(copy.pragma("foreign_key_check"), []);
  const stats = JSON.parse(await desk.ask("stats --json --db copy.db"));
  assert.deepEqual(told, { path, jobs: stats.total, bytes: told.bytes });
  assert.ok(stats.total > 4_000 && stats.completed >= 100);
  assert.equal(stats.pending + stats.running + stats.completed, stats.total);
  // Each job that is completed has its attempt, and the other way round.
  const ended = copy.prepare("select count(*) from attempt where status = 'completed'").pluck();
  assert.equal(stats.completed, ended.get());
  assert.match(await desk.ask("list --limit 1 --db copy.db"), /\n1 of [\d,]+ · /);
});

void test("a file that is there already is replaced with --force only", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  assert.match(await desk.ask("backup copy.db"), /^Backed up 1 job to /);
  assert.deepEqual(
    await desk.gigq("backup copy.db"),
    refuses(
      2,
      `there is a file at ${desk.path("copy.db")} already`,
      "Name another, or replace it with --force",
    ),
  );
  await desk.ask("submit ./jobs.mjs#greet");
  assert.match(await desk.ask("backup copy.db --force"), /^Backed up 2 jobs to /);
});

void test("the log of the queue is never replaced, and the queue lives on", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  for (const name of ["gigq.db-wal", "gigq.db-shm", "gigq.db-journal", "gigq.db-workers/x"]) {
    assert.deepEqual(
      await desk.gigq(`backup ${name} --force`),
      refuses(
        2,
        `${desk.path(name)} is part of the queue itself`,
        "Name another file for the copy",
      ),
    );
  }
  assert.equal(JSON.parse(await desk.ask("stats --json")).total, 1);
});

void test("no half of a backup is left on a disk that is too small for it", {
  skip: NO_MOUNTS,
}, async (t) => {
  const desk = new Desk(t);
  mkdirSync(desk.path("disk"));
  await desk.queue.submitAll(
    Array.from(
      { length: 40 },
      () => new Job({ function: "./jobs.mjs#greet", params: { text: "x".repeat(10_000) } }),
    ),
  );
  const disk = new OwnMounts(t, desk.folder);
  await disk.run("mount -t tmpfs -o size=100k tmpfs disk");
  assert.deepEqual(
    await disk.run(`${OwnMounts.gigq} backup disk/copy.db`),
    refuses(
      75,
      `there is no space left to write a backup to ${desk.path("disk/copy.db")}`,
      "Free some space, or name a file on another disk; nothing was written",
    ),
  );
  assert.equal((await disk.run("ls -A disk")).stdout, "");
});
