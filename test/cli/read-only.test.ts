import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { NO_MOUNTS, OwnMounts } from "../support/own-mounts.js";
import { PROJECT } from "../support/paths.js";
import { Desk, refuses } from "./desk.js";

const gigq = `GIGQ_DB=disk/gigq.db ${OwnMounts.gigq}`;

const READING = ["list", "stats", "status 1", "clear", "backup copy.db"];
const WRITING = ["submit ./jobs.mjs#greet", "cancel 1", "worker --once", "run ./jobs.mjs#greet"];

/** Somebody who had the queue open when the power went. */
const GOES_DOWN = `node -e 'setTimeout(() => process.kill(process.pid, "SIGKILL"), 60_000);
  const Database = require("better-sqlite3"); const db = new Database("disk/gigq.db");
  db.exec("update job set priority = 7"); process.kill(process.pid, "SIGKILL")'`;

for (const [what, before] of [
  ["a queue", "true"],
  ["a queue that was not closed", GOES_DOWN],
] as const) {
  void test(`${what} on a disk that is mounted read-only is read, and not written`, {
    skip: NO_MOUNTS,
  }, async (t) => {
    const { desk, disk } = await queueOnDisk(t);
    await disk.run(`export NODE_PATH=${PROJECT}node_modules; ${before}`);
    await disk.run("mount -o remount,ro disk");
    for (const line of READING) {
      const { status, stderr } = await disk.run(`${gigq} ${line}`);
      assert.deepEqual([line, status, stderr], [line, 0, ""]);
    }
    const { stdout } = await disk.run(`${gigq} list --json`);
    const [job] = JSON.parse(stdout);
    assert.deepEqual([job.status, job.priority], ["pending", before === "true" ? 0 : 7]);
    assert.equal((await desk.gigq("list --db copy.db")).status, 0);
    for (const line of WRITING) {
      assert.deepEqual(
        await disk.run(`${gigq} ${line}`),
        refuses(
          5,
          `the queue at ${desk.path("disk/gigq.db")} can be read, and not written`,
          "Look at its mode and its owner, and at how its disk is mounted",
        ),
        line,
      );
    }
  });
}

void test("no queue is created on a disk that is mounted read-only", {
  skip: NO_MOUNTS,
}, async (t) => {
  const { desk, disk } = await queueOnDisk(t);
  await disk.run("mount -o remount,ro disk");
  const { status, stderr } = await disk.run(`${OwnMounts.gigq} init --db disk/new.db`);
  assert.equal(status, 5);
  assert.match(stderr, new RegExp(`^gigq: the queue at ${desk.path("disk/new.db")} can be read`));
});

async function queueOnDisk(t: TestContext) {
  const desk = new Desk(t);
  mkdirSync(desk.path("disk"));
  const disk = new OwnMounts(t, desk.folder);
  const { status } = await disk.run(
    `mount -t tmpfs -o size=8m tmpfs disk && ${gigq} submit ./jobs.mjs#greet`,
  );
  assert.equal(status, 0);
  return { desk, disk };
}
