import { chmodSync, closeSync, fchmodSync, openSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { GigqError } from "../../errors.js";
import { refuseBrokenDriver } from "./broken-driver.js";
import { openFrozen } from "./frozen.js";
import { refuseNetworkFileSystem } from "./network-file-system.js";
import { APPLICATION_ID, migrate, SCHEMA_VERSION, schemaVersion } from "./schema.js";
import { cannotOpen, isBusy, isTrouble, sqliteError } from "./sqlite-error.js";

/** How long SQLite itself waits for a lock, blocking the process; beyond it the engine waits. */
export const BUSY_TIMEOUT_MS = 100;

/** The write-ahead log is cut back to this when it begins anew. */
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

/** Only the owner may read and write. */
const PRIVATE = 0o600;

/**
 * Opens the database at `path`, upgrading an older schema. With `create`, a file that is missing
 * or empty becomes a queue, readable by its owner only.
 */
export function openDatabase(
  path: string,
  options: { create: boolean; allowNetworkFileSystem?: boolean },
): Database.Database {
  refuseBrokenDriver();
  const found = lookAt(path);
  if (found?.isDirectory()) throw notAQueue(path, "a folder, and no gigq database");
  if (found === undefined && !options.create) throw noQueue(path);
  if (!lookAt(dirname(path))?.isDirectory()) throw noFolder(dirname(path));
  if (!options.allowNetworkFileSystem) refuseNetworkFileSystem(path);
  if (found === undefined) createPrivateFile(path);
  try {
    const open = () => new Database(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      return prepared(open(), path, options.create);
    } catch (error) {
      const frozen = cannotOpen(error) ? openFrozen(path) : undefined;
      if (frozen === undefined) throw error;
      return prepared(frozen, path, false);
    }
  } catch (error) {
    throw isTrouble(error) && !isBusy(error) ? sqliteError(error, path) : error;
  }
}

/** Closed again when that fails. */
function prepared(db: Database.Database, path: string, create: boolean): Database.Database {
  try {
    prepare(db, path, create);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: Database.Database, path: string, create: boolean): void {
  const current = db.transaction(() => isCurrent(db, path))();
  // An empty file: somebody is about to create the queue, or had no space left to do so.
  if (!current && !create && schemaVersion(db) === 0) throw noQueue(path);
  if (!current && schemaVersion(db) === 0) makePrivate(path);
  // Only takes in a file that is still empty: there, space can be given back to the file system.
  if (!current) db.pragma("auto_vacuum = incremental");
  // A copy made by "vacuum into" is current, and not in this mode.
  db.pragma("journal_mode = wal");
  if (!current) {
    db.transaction(() => {
      if (isCurrent(db, path)) return;
      db.pragma(`application_id = ${APPLICATION_ID}`);
      migrate(db);
    }).immediate();
  }
  db.pragma("synchronous = full");
  db.pragma(`journal_size_limit = ${LOG_LIMIT_BYTES}`);
  db.pragma("foreign_keys = on");
}

/**
 * True when nothing is left to do; throws for what is not ours or from the future. Call inside a
 * transaction: between two looks another process may finish creating the queue.
 */
function isCurrent(db: Database.Database, path: string): boolean {
  const id = db.pragma("application_id", { simple: true }) as number;
  const version = schemaVersion(db);
  if (id !== APPLICATION_ID) {
    const tables = db.prepare("select count(*) from sqlite_schema").pluck().get() as number;
    if (id !== 0 || version !== 0 || tables > 0) throw notAQueue(path);
    return false;
  }
  if (version > SCHEMA_VERSION) {
    throw new GigqError(
      "schema-too-new",
      `the queue at ${path} has schema ${version}, and this gigq knows up to ${SCHEMA_VERSION}`,
      { hint: "A newer gigq has written it: update this one" },
    );
  }
  return version === SCHEMA_VERSION;
}

/** `undefined` where there is nothing. */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw sqliteError(error, path);
  }
}

/** What was there empty may have had any mode. SQLite gives `-wal` and `-shm` that of the database. */
function makePrivate(path: string): void {
  try {
    chmodSync(path, PRIVATE);
  } catch (error) {
    throw sqliteError(error, path);
  }
}

function createPrivateFile(path: string): void {
  try {
    const fd = openSync(path, "wx", PRIVATE);
    // The umask may have taken away even more.
    fchmodSync(fd, PRIVATE);
    closeSync(fd);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw sqliteError(error, path);
  }
}

function noQueue(path: string): GigqError {
  return new GigqError("no-queue", `there is no queue at ${path}`, {
    hint: "Name one with --db or GIGQ_DB, or create it with: gigq init",
  });
}

function noFolder(folder: string): GigqError {
  return new GigqError("unusable-path", `there is no folder ${folder} to create a queue in`, {
    hint: "Create it first, or name another with --db or GIGQ_DB",
  });
}

function notAQueue(path: string, what = "not a gigq database"): GigqError {
  return new GigqError("not-a-queue", `${path} is ${what}`, {
    hint: "Name another file with --db or GIGQ_DB",
  });
}
