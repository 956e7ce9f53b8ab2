import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { openDatabase } from "../../src/storage/sqlite/open-database.js";
import { SCHEMA_VERSION } from "../../src/storage/sqlite/schema.js";
import { PROJECT } from "../support/paths.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const UPGRADER = fileURLToPath(new URL("./doomed-upgrader.js", import.meta.url));

void test("an upgrade that is killed before its end has changed nothing, and is done by the next", (t) => {
  const path = join(temporaryFolder(t), "queue.db");
  copyFileSync(`${PROJECT}test/data/schema-1.db`, path);
  const { signal, stdout } = spawnSync(process.execPath, [UPGRADER, path], { encoding: "utf8" });
  assert.equal(signal, "SIGKILL");
  assert.equal(stdout, "the tables are there\n");
  const left = new Database(path);
  assert.equal(left.pragma("user_version", { simple: true }), 1);
  assert.equal(left.pragma("integrity_check", { simple: true }), "ok");
  const tables = "select count(*) from sqlite_schema where name = 'worker'";
  assert.equal(left.prepare(tables).pluck().get(), 0);
  left.close();
  const upgraded = openDatabase(path, { create: false });
  assert.equal(upgraded.pragma("user_version", { simple: true }), SCHEMA_VERSION);
  upgraded.close();
});
