import assert from "node:assert/strict";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { systemClock } from "../../src/clock.js";
import { Scene, workerRecord } from "../../src/storage/contract/scene.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";

void test("a backup is a whole queue that only its owner can read", async (t) => {
  const { scene, file, folder } = await queue(t);
  const job = await scene.add();
  await scene.run(job);
  await scene.add();
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const told = await scene.storage.backup(file, { replace: false });
  assert.deepEqual(told, { path: file, jobs: 2, bytes: statSync(file).size });
  assert.equal((statSync(file).mode & 0o777).toString(8), "600");
  const copy = await openSqlite(file, { create: false, clock: systemClock });
  t.after(() => copy.close());
  assert.deepEqual(await copy.list({ limit: 9 }), await scene.storage.list({ limit: 9 }));
  assert.deepEqual(await copy.attempts([job.seq]), await scene.attempts(job));
  assert.deepEqual(visible(folder), ["copy.db", "copy.db-shm", "copy.db-wal", "queue.db"]);
});

void test("a file that is there is replaced only when asked, and at once", async (t) => {
  const { scene, file } = await queue(t);
  await scene.add();
  writeFileSync(file, "precious");
  await assert.rejects(scene.storage.backup(file, { replace: false }), {
    code: "usage",
    message: `there is a file at ${file} already`,
  });
  assert.equal(readFileSync(file, "utf8"), "precious");
  assert.equal((await scene.storage.backup(file, { replace: true })).jobs, 1);
  const db = new Database(file, { readonly: true });
  t.after(() => db.close());
  assert.equal(db.pragma("integrity_check", { simple: true }), "ok");
});

void test("a queue is not replaced by its own copy, whatever it is called", async (t) => {
  const { scene, path, folder } = await queue(t);
  symlinkSync(path, join(folder, "other.db"));
  for (const name of ["queue.db", "other.db"]) {
    await assert.rejects(scene.storage.backup(join(folder, name), { replace: true }), {
      code: "usage",
      message: /is the queue itself$/,
    });
  }
  await scene.add();
});

void test("a queue is not spoilt by a copy in the place of its own files", async (t) => {
  const { scene, path, folder } = await queue(t);
  const job = await scene.add();
  symlinkSync(folder, join(folder, "by-link"));
  linkSync(`${path}-wal`, join(folder, "log"));
  const meetingPlace = "queue.db-workers";
  mkdirSync(join(folder, meetingPlace, "0123456789ab"), { recursive: true });
  const names = ["queue.db-wal", "queue.db-shm", "queue.db-journal", "by-link/queue.db-wal", "log"];
  names.push(`${meetingPlace}/copy.db`, `${meetingPlace}/0123456789ab/copy.db`);
  names.push(`by-link/${meetingPlace}/copy.db`);
  for (const name of names) {
    for (const replace of [true, false]) {
      await assert.rejects(scene.storage.backup(join(folder, name), { replace }), {
        code: "usage",
        message: `${join(folder, name)} is part of the queue itself`,
        hint: "Name another file for the copy",
      });
    }
  }
  assert.equal(existsSync(join(folder, "queue.db-journal")), false);
  const reader = await openSqlite(path, { create: false, clock: systemClock });
  t.after(() => reader.close());
  assert.deepEqual(
    (await reader.list({ limit: 9 })).map(({ seq }) => seq),
    [job.seq],
  );
  assert.equal((await scene.storage.backup(`${path}-w`, { replace: false })).jobs, 1);
});

void test("a queue behind a link is not spoilt either: its files lie where it really is", async (t) => {
  const { scene, path, folder } = await queue(t);
  await scene.add();
  mkdirSync(join(folder, "elsewhere"));
  symlinkSync(path, join(folder, "elsewhere/link.db"));
  const linked = await openSqlite(join(folder, "elsewhere/link.db"), {
    create: false,
    clock: systemClock,
  });
  t.after(() => linked.close());
  for (const name of ["queue.db-wal", "queue.db-workers/copy.db", "queue.db-workers"]) {
    await assert.rejects(linked.backup(join(folder, name), { replace: true }), {
      code: "usage",
      message: /is part of the queue itself$/,
    });
  }
});

void test("a copy is not put beside the log of another database", async (t) => {
  const { scene, file } = await queue(t);
  writeFileSync(`${file}-wal`, "of another");
  await assert.rejects(scene.storage.backup(file, { replace: true }), {
    code: "usage",
    message: /there is a log at .*copy\.db-wal/,
  });
  assert.equal(existsSync(file), false);
});

void test("nothing is left where a backup cannot be written", async (t) => {
  const { scene, folder } = await queue(t);
  mkdirSync(join(folder, "folder"));
  writeFileSync(join(folder, "file"), "");
  const before = visible(folder);
  for (const [name, code, message] of [
    ["nowhere/copy.db", "unusable-path", /there is no folder .*nowhere to write a backup to/],
    ["file/copy.db", "unusable-path", /there is no folder .*file to write a backup to/],
    ["folder", "usage", /is a folder/],
    [`${"x".repeat(300)}.db`, "unusable-path", /could not be written to .*ENAMETOOLONG/],
  ] as const) {
    await assert.rejects(scene.storage.backup(join(folder, name), { replace: true }), {
      code,
      message,
    });
  }
  assert.deepEqual(visible(folder), before);
});

void test("a backup that is called off leaves nothing behind", async (t) => {
  const { scene, file, folder } = await queue(t);
  await scene.add();
  const abort = new AbortController();
  const working = scene.storage.backup(file, { replace: false, signal: abort.signal });
  abort.abort(new Error("called off"));
  await assert.rejects(working, { message: "called off" });
  assert.deepEqual(visible(folder), ["queue.db"]);
});

void test("who works on a copy does not take the original's workers for its own dead", async (t) => {
  const { scene, file } = await queue(t);
  await scene.take(await scene.add());
  const [before] = await scene.storage.workers();
  await scene.storage.backup(file, { replace: false });
  const copy = await openSqlite(file, { create: false, clock: systemClock });
  t.after(() => copy.close());
  const [worker] = await copy.workers();
  assert.ok(before !== undefined && worker !== undefined);
  assert.notEqual(worker.key, before.key);
  assert.equal((await copy.inHand(worker.key)).length, 1);
  assert.equal((await scene.storage.inHand(before.key)).length, 1);
});

async function queue(t: TestContext) {
  const folder = temporaryFolder(t);
  const path = join(folder, "queue.db");
  const storage = await openSqlite(path, { create: true, clock: systemClock });
  t.after(() => storage.close());
  await storage.enlist(workerRecord("w"));
  return {
    folder,
    path,
    file: join(folder, "copy.db"),
    scene: new Scene({ connect: async () => storage }, storage),
  };
}

/** What is in the folder, but for the queue's own log. */
function visible(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !/^queue\.db-/.test(name))
    .sort();
}
