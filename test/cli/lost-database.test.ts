import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { type TestContext, test } from "node:test";
import { Job } from "../../src/index.js";
import { isAlive } from "../support/alive.js";
import { eventually } from "../support/eventually.js";
import { collect } from "../support/gigq.js";
import { Desk } from "./desk.js";

const noPrlimit = spawnSync("prlimit", ["--version"]).error !== undefined && "it needs prlimit(1)";

void test("a worker whose writes fail keeps what it has to write, and goes on when they succeed", {
  skip: noPrlimit,
}, async (t) => {
  const { desk, worker, talk } = await working(t);
  const limit = (bytes: string) =>
    assert.equal(spawnSync("prlimit", ["--pid", String(worker.pid), `--fsize=${bytes}`]).status, 0);
  limit("8192:unlimited");
  writeFileSync(desk.path("held.go"), "");
  await eventually("trouble", () => talk().includes("trouble"));
  assert.match(talk(), /trouble: the queue at .* cannot be used: disk I\/O error · trying again\n/);
  assert.equal((await desk.job(1)).status, "running");
  limit("unlimited:unlimited");
  await eventually("the job to be settled", () => talk().includes("done"));
  await desk.ask("submit ./jobs.mjs#greet --wait");
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  const { status, attempts, executions } = await desk.job(1);
  assert.deepEqual([status, attempts, executions.length], ["completed", 1, 1]);
});

for (const [what, take, message] of [
  [
    "was deleted",
    (path: string) => ["", "-wal", "-shm"].map((end) => rmSync(path + end, { force: true })),
    "is not there any more",
  ],
  ["was moved away", (path: string) => renameSync(path, `${path}.old`), "is not there any more"],
  [
    "was replaced",
    (path: string) => {
      writeFileSync(`${path}.new`, "");
      renameSync(`${path}.new`, path);
    },
    "was replaced by another file",
  ],
] as const) {
  void test(`a worker whose database ${what} says so, and ends`, async (t) => {
    const { desk, worker, talk, pid } = await working(t);
    await desk.queue.close();
    take(desk.db);
    assert.deepEqual(await once(worker, "close"), [1, null]);
    assert.match(
      talk(),
      /#1 hold {8}unwritten {2}try 1 was stopped, and that could not be stored\n/,
    );
    const sentence = `gigq: how one attempt ended could not be stored: the queue at ${desk.db} ${message}\n`;
    assert.ok(talk().includes(sentence), talk());
    assert.doesNotMatch(talk(), /\n\s+at /);
    assert.equal(isAlive(pid), false);
  });
}

void test("a damaged database is told by every command, without a stack", async (t) => {
  const desk = new Desk(t);
  const job = () => new Job({ function: `${desk.path("jobs.mjs")}#greet` });
  await desk.queue.submitAll(Array.from({ length: 500 }, job));
  await desk.queue.close();
  const page = 4096;
  const file = openSync(desk.db, "r+");
  for (let at = page; at < statSync(desk.db).size; at += page) {
    writeSync(file, Buffer.alloc(page / 2, 0xa5), 0, page / 2, at);
  }
  closeSync(file);
  for (const line of [
    "list",
    "submit ./jobs.mjs#greet",
    "clear",
    "worker --drain",
    "backup copy",
  ]) {
    const { status, stdout, stderr } = await desk.gigq(line);
    assert.deepEqual([line, status, stdout], [line, 1, ""]);
    assert.match(
      stderr,
      /gigq: the queue at .*\/gigq\.db is damaged: .*\nRestore a backup of it.*\n$/,
    );
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
});

void test("a worker that comes upon damage ends, and does not try again and again", async (t) => {
  const { desk, worker, talk } = await working(t);
  const job = () => new Job({ function: `${desk.path("jobs.mjs")}#greet` });
  // More than a worker keeps in memory of what it has read.
  await desk.queue.submitAll(Array.from({ length: 500 }, job));
  await desk.queue.close();
  const file = openSync(`${desk.db}-wal`, "r+");
  const size = statSync(`${desk.db}-wal`).size;
  // Frame by frame, but for those of the first page: without that one it were no database at all.
  for (let at = 32; at < size; at += 24 + 4096) {
    const header = Buffer.alloc(24);
    readSync(file, header, 0, 24, at);
    if (header.readUInt32BE(0) > 1) writeSync(file, Buffer.alloc(2048, 0xa5), 0, 2048, at + 24);
  }
  closeSync(file);
  writeFileSync(desk.path("held.go"), "");
  assert.deepEqual(await once(worker, "close"), [1, null]);
  assert.match(
    talk(),
    /gigq: how one attempt ended could not be stored: the queue at .* is damaged/,
  );
  assert.doesNotMatch(talk(), /trouble/);
});

/** A worker with a job in hand. */
async function working(t: TestContext) {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const worker: ChildProcess = desk.start("worker --worker-id box");
  const talk = collect(worker.stderr!);
  const [pid] = await desk.pids("held");
  return { desk, worker, talk, pid: pid! };
}
