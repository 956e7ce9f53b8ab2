import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import Database from "better-sqlite3";
import { GigqError, isGigqError } from "../../errors.js";
import type { Backup, BackupOptions } from "../upkeep.js";
import { isQueueFile } from "./queue-files.js";
import * as sql from "./sql.js";

/** The database that is copied. */
interface Source {
  readonly path: string;
  /** Copies it into an empty file, whose mode stays. Rejects as SQLite does. */
  vacuumInto(draft: string): Promise<void>;
}

/**
 * Copies the database to `target`, as it is at one moment. The copy is written beside it under
 * another name, and gets its own when it is complete and on the disk.
 */
export async function backup(
  source: Source,
  target: string,
  { replace, signal }: BackupOptions,
): Promise<Backup> {
  const path = resolve(target);
  refuseTarget(path, source.path, replace);
  const draft = join(
    dirname(path),
    `.${basename(path).slice(0, 100)}-${randomBytes(4).toString("hex")}.tmp`,
  );
  try {
    closeSync(openSync(draft, "wx", 0o600));
    await source.vacuumInto(draft);
    // Copying has left the event loop no time: what was called meanwhile is heard now.
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    const jobs = disown(draft);
    onDisk(draft);
    const copied = { path, jobs, bytes: statSync(draft).size };
    if (replace) renameSync(draft, path);
    else giveNewName(draft, path);
    onDisk(dirname(path));
    return copied;
  } catch (error) {
    signal?.throwIfAborted();
    throw backupError(error, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

function refuseTarget(path: string, source: string, replace: boolean): void {
  const found = lookAt(path);
  if (found?.isDirectory()) {
    throw refused(`${path} is a folder`, "Name a file in it");
  }
  if (found?.isFile() === false) throw refused(`${path} is no file`, "Name another for the copy");
  const queue = lookAt(source);
  if (found !== undefined && found.ino === queue?.ino && found.dev === queue.dev) {
    throw refused(`${path} is the queue itself`, "Name another file for the copy");
  }
  if (isQueueFile(path, source)) {
    throw refused(`${path} is part of the queue itself`, "Name another file for the copy");
  }
  if (found !== undefined && !replace) {
    throw refused(`there is a file at ${path} already`, "Name another, or replace it with --force");
  }
  // SQLite would take a log for that of the new file, and spoil it.
  const log = ["-wal", "-journal"].find((ending) => (lookAt(path + ending)?.size ?? 0) > 0);
  if (log !== undefined) {
    throw refused(
      `there is a log at ${path}${log}, of a database that is open or was not closed`,
      "Name another file for the copy",
    );
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw backupError(error, path);
  }
}

/** Never replaces a file that came there meanwhile, where the file system can see to that. */
function giveNewName(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!/^(EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS)$/.test(String((error as { code?: unknown }).code))) {
      throw error;
    }
    renameSync(draft, path);
  }
}

function onDisk(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Renames the workers in the copy, so that nobody who works on it takes the live ones of the
 * original for its own dead. Answers how many jobs there are.
 */
function disown(draft: string): number {
  const db = new Database(draft);
  try {
    db.pragma("journal_mode = memory");
    return db.transaction(() => {
      const ending = `-${randomBytes(4).toString("hex")}`;
      db.prepare(sql.DISOWN_JOBS).run(ending);
      db.prepare(sql.RENAME_WORKERS).run(ending);
      return db.prepare(sql.COUNT_JOBS).pluck().get() as number;
    })();
  } finally {
    db.close();
  }
}

/** What went wrong with the copy rather than with the queue, which is not touched by that. */
function backupError(error: unknown, path: string): unknown {
  if (isGigqError(error) && (error.isLasting || error.code === "busy")) return error;
  const cause = isGigqError(error) && error.cause !== undefined ? error.cause : error;
  const code = String((cause as { code?: unknown }).code ?? "");
  if (code === "EEXIST") {
    return refused(
      `there is a file at ${path} already`,
      "Name another, or replace it with --force",
    );
  }
  if (code === "ENOSPC" || code === "SQLITE_FULL") {
    return new GigqError("disk-full", `there is no space left to write a backup to ${path}`, {
      hint: "Free some space, or name a file on another disk; nothing was written",
      cause,
    });
  }
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new GigqError(
      "unusable-path",
      `there is no folder ${dirname(path)} to write a backup to`,
      {
        hint: "Create it first, or name another file",
        cause,
      },
    );
  }
  return new GigqError(
    /^(EACCES|EPERM|EROFS|ENAMETOOLONG|SQLITE_CANTOPEN|SQLITE_READONLY)/.test(code)
      ? "unusable-path"
      : "storage-failed",
    `the backup could not be written to ${path}: ${(cause as Error).message}`,
    { hint: "Name a file in a folder that you may write to; nothing was written", cause },
  );
}

function refused(message: string, hint: string): GigqError {
  return new GigqError("usage", message, { hint });
}
