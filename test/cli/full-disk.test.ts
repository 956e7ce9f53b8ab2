import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { eventually } from "../support/eventually.js";
import { NO_MOUNTS, OwnMounts } from "../support/own-mounts.js";
import { Desk } from "./desk.js";

const gigq = `GIGQ_DB=disk/gigq.db ${OwnMounts.gigq}`;

void test("what got an id before the disk was full is there, and submits go on when it is not", {
  skip: NO_MOUNTS,
}, async (t) => {
  const { disk, db } = await smallDisk(t, "3m");
  // Each is large, so that the disk is full before long.
  const filled = await disk.run(`
    head -c 200000 /dev/zero | tr '\\0' x | sed 's/.*/{"text":"&"}/' > params
    while ${gigq} submit ./jobs.mjs#greet --params @params; do :; done
    ${gigq} submit ./jobs.mjs#greet --params @params`);
  assert.equal(filled.status, 75);
  const ids = filled.stdout.trim().split("\n");
  const full = `gigq: there is no space left to write the queue at ${db}\nFree some space and try again; nothing was written\n`;
  assert.equal(filled.stderr, full + full);
  assert.ok(ids.length >= 2);
  assert.deepEqual(await idsOf(disk), ids);
  await disk.run("mount -o remount,size=6m disk");
  const next = await disk.run(`${gigq} submit ./jobs.mjs#greet --params @params`);
  assert.deepEqual([next.status, next.stderr], [0, ""]);
  assert.deepEqual(await idsOf(disk), [...ids, next.stdout.trim()]);
});

void test("a worker on a full disk keeps what it has to write, and settles when there is space", {
  skip: NO_MOUNTS,
}, async (t) => {
  const { desk, disk } = await smallDisk(t, "4m");
  const log = desk.path("worker.log");
  const names = ["a", "b", "c"];
  for (const name of names) {
    await disk.run(`${gigq} submit ./jobs.mjs#hold -p file=${desk.path(name)}`);
  }
  await disk.start("worker", `${gigq} worker --concurrency 3 --worker-id box`, log);
  for (const name of names) await desk.pids(name);
  await disk.run(
    `head -c 8m /dev/zero > disk/filler; touch ${names.map((n) => `${n}.go`).join(" ")}`,
  );
  const said = () => readFileSync(log, "utf8");
  await eventually("the worker to be in trouble", () => said().includes("trouble"));
  assert.match(said(), /trouble: there is no space left to write the queue at .* · trying again\n/);
  assert.doesNotMatch(said(), /done/);
  await disk.run("rm disk/filler");
  await eventually("all to be settled", () => said().match(/done/g)?.length === 3);
  const stopped = await disk.run(`kill -TERM $worker; ${gigq} list --json`);
  for (const job of JSON.parse(stopped.stdout)) {
    assert.deepEqual([job.status, job.attempts, job.result], ["completed", 1, "let go"]);
  }
  // No attempt ran twice.
  for (const name of names) assert.equal((await desk.pids(name)).length, 1);
});

/** A desk whose queue is on a disk of its own. */
async function smallDisk(t: TestContext, size: string) {
  const desk = new Desk(t);
  mkdirSync(desk.path("disk"));
  const disk = new OwnMounts(t, desk.folder);
  await disk.run(`mount -t tmpfs -o size=${size} tmpfs disk`);
  return { desk, disk, db: desk.path("disk/gigq.db") };
}

async function idsOf(disk: OwnMounts): Promise<string[]> {
  const { stdout } = await disk.run(`${gigq} list --json`);
  return JSON.parse(stdout)
    .map((job: { id: string }) => job.id)
    .reverse();
}
