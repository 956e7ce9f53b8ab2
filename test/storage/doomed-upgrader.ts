import { writeSync } from "node:fs";
import Database from "better-sqlite3";
import { openDatabase } from "../../src/storage/sqlite/open-database.js";

/** Upgrades the queue at a path, and is killed when the new tables are made and not yet committed. */
const path = process.argv[2]!;
const { pragma } = Database.prototype;
Database.prototype.pragma = function (this: Database.Database, source, options) {
  if (source.startsWith("user_version =")) {
    const tables = "select count(*) from sqlite_schema where name = 'worker'";
    if (this.prepare(tables).pluck().get() === 1) writeSync(1, "the tables are there\n");
    process.kill(process.pid, "SIGKILL");
  }
  return pragma.call(this, source, options);
};
openDatabase(path, { create: false });
