import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";

/** A larger queue would take too much memory, bytes. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Where the header says how the file is read and written; 1 is without a write-ahead log. */
const VERSIONS_AT: readonly number[] = [18, 19];

/**
 * Reads a queue on a file system that is mounted read-only into memory, for SQLite cannot open it
 * there: it has to make files for a log beside it. `undefined` where the folder can be written to,
 * the queue was not closed, or somebody writes to it by another way.
 */
export function openFrozen(path: string): Database.Database | undefined {
  if (!isReadOnly(dirname(path)) || existsSync(`${path}-wal`)) return undefined;
  const before = statSync(path);
  if (before.size > MOST_BYTES) return undefined;
  const content = readFileSync(path);
  if (existsSync(`${path}-wal`) || statSync(path).mtimeMs !== before.mtimeMs) return undefined;
  for (const at of VERSIONS_AT) content[at] = 1;
  return new Database(content, { readonly: true });
}

function isReadOnly(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EROFS";
  }
}
