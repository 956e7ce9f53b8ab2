import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { isGigqError } from "../../src/errors.js";
import { openDatabase } from "../../src/storage/sqlite/open-database.js";
import { SCHEMA_VERSION } from "../../src/storage/sqlite/schema.js";
import { temporaryFolder } from "../support/temporary-folder.js";

void test("a new queue can be read by its owner only, whatever the umask", (t) => {
  const path = freshPath(t);
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  open(t, path);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    assert.equal((statSync(file).mode & 0o777).toString(8), "600", file);
  }
});

for (const [how, umask] of [
  ["one that lets everybody in", 0],
  ["one that keeps everybody out", 0o777],
] as const) {
  void test(`an empty file of whatever mode becomes private as a queue, whatever the umask: ${how}`, (t) => {
    const path = freshPath(t);
    writeFileSync(path, "", { mode: 0o666 });
    chmodSync(path, 0o664);
    const linked = `${path}-link`;
    symlinkSync(`${path}-target`, linked);
    const before = process.umask(umask);
    t.after(() => process.umask(before));
    open(t, path);
    open(t, linked);
    open(t, `${path}-new`);
    for (const queue of [path, `${path}-target`, `${path}-new`]) {
      for (const file of [queue, `${queue}-wal`, `${queue}-shm`]) {
        assert.equal((statSync(file).mode & 0o777).toString(8), "600", file);
      }
    }
  });
}

void test("a queue keeps the mode that its owner gave it", (t) => {
  const path = freshPath(t);
  openDatabase(path, { create: true }).close();
  chmodSync(path, 0o660);
  open(t, path);
  assert.equal(statSync(path).mode & 0o777, 0o660);
});

void test("a queue is opened to lose nothing and to wait for locks", (t) => {
  const path = freshPath(t);
  for (const db of [open(t, path), open(t, path)]) {
    const pragma = (name: string) => db.pragma(name, { simple: true });
    assert.equal(pragma("journal_mode"), "wal");
    assert.equal(pragma("synchronous"), 2);
    assert.equal(pragma("foreign_keys"), 1);
    assert.ok((pragma("busy_timeout") as number) > 0);
    assert.equal(pragma("user_version"), SCHEMA_VERSION);
  }
});

void test("a copy made by vacuum is opened as a queue like any other", (t) => {
  const path = freshPath(t);
  const copy = `${path}-copy`;
  open(t, path).prepare("vacuum into ?").run(copy);
  assert.equal(open(t, copy).pragma("journal_mode", { simple: true }), "wal");
});

void test("an empty file becomes a queue when one may be created", (t) => {
  const path = freshPath(t);
  writeFileSync(path, "");
  open(t, path);
  assert.equal(openDatabase(path, { create: false }).close().open, false);
});

void test("an empty file is refused, and left empty, when none may be created", (t) => {
  const path = freshPath(t);
  writeFileSync(path, "");
  refused(path, { create: false }, "no-queue", /there is no queue at/);
});

void test("a missing file is refused, and not created, when none may be", (t) => {
  const path = freshPath(t);
  const error = refused(path, { create: false }, "no-queue", /there is no queue at/);
  assert.match(error.hint ?? "", /gigq init/);
  assert.equal(existsSync(path), false);
});

for (const [what, content] of [
  ["a short text", "hello\n"],
  ["a long text", "all work and no play\n".repeat(500)],
  ["zeros", Buffer.alloc(8192)],
] as const) {
  void test(`a file that holds ${what} is refused, and left as it was`, (t) => {
    const path = freshPath(t);
    writeFileSync(path, content);
    refused(path, { create: true }, "not-a-queue", /is not a gigq database/);
  });
}

for (const [what, statement] of [
  ["tables of its own", "create table song (title text)"],
  ["another application's id", "pragma application_id = 1"],
  ["a version and nothing else", "pragma user_version = 1"],
] as const) {
  void test(`a database with ${what} is refused, and left as it was`, (t) => {
    const path = freshPath(t);
    new Database(path).exec(statement).close();
    refused(path, { create: true }, "not-a-queue", /is not a gigq database/);
  });
}

void test("a queue that a newer gigq has written is refused, and left as it was", (t) => {
  const path = freshPath(t);
  openDatabase(path, { create: true }).close();
  const db = new Database(path);
  db.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
  db.close();
  const numbers = new RegExp(`schema ${SCHEMA_VERSION + 1}.* up to ${SCHEMA_VERSION}`);
  refused(path, { create: true }, "schema-too-new", numbers);
});

void test("a folder is refused", (t) => {
  refused(temporaryFolder(t), { create: true }, "not-a-queue", /is a folder/);
});

void test("a folder that does not exist, or is a file, is refused and named", (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "file"), "");
  for (const name of ["missing", "file"]) {
    const path = join(folder, name, "queue.db");
    const error = refused(path, { create: true }, "unusable-path", /there is no folder/);
    assert.ok(error.message.includes(join(folder, name)));
  }
});

void test("a path may hold anything that a file name may", (t) => {
  const folder = temporaryFolder(t);
  for (const name of ["with space.db", "ünï→🎈.db", "file:x?mode=memory#y", "%20.db", "'\".db"]) {
    const path = join(folder, name);
    open(t, path);
    assert.ok(statSync(path).size > 0, name);
  }
});

function freshPath(t: TestContext): string {
  return join(temporaryFolder(t), "queue.db");
}

function open(t: TestContext, path: string): Database.Database {
  const db = openDatabase(path, { create: true });
  t.after(() => db.close());
  return db;
}

/** The error with which a path is refused; what was there must be there unchanged. */
function refused(path: string, options: { create: boolean }, code: string, message: RegExp) {
  const content = () => (existsSync(path) && statSync(path).isFile() ? readFileSync(path) : null);
  const before = content();
  try {
    openDatabase(path, options).close();
  } catch (error) {
    assert.ok(isGigqError(error), String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.ok(error.hint);
    assert.deepEqual(content(), before);
    return error;
  }
  throw assert.fail(`${path} was opened`);
}
