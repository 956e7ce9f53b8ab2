import { GigqError } from "../../errors.js";

/** Turns what SQLite or the file system said into a gigq error with a way out. */
export function sqliteError(error: unknown, path: string): GigqError {
  const code = String((error as { code?: unknown }).code ?? "");
  const cause = { cause: error };
  const said = (error as Error).message;
  if (isBusy(error)) {
    return new GigqError("busy", `the queue at ${path} is held by another process`, {
      hint: "Try again in a moment; a long write by another program may hold it",
      ...cause,
    });
  }
  if (code === "SQLITE_FULL" || code === "ENOSPC" || code === "SQLITE_IOERR_SHMSIZE") {
    return new GigqError("disk-full", `there is no space left to write the queue at ${path}`, {
      hint: "Free some space and try again; nothing was written",
      ...cause,
    });
  }
  if (code.startsWith("SQLITE_CORRUPT")) {
    return new GigqError("storage-failed", `the queue at ${path} is damaged: ${said}`, {
      hint: "Restore a backup of it, or save what can be read: sqlite3 FILE .recover",
      isLasting: true,
      ...cause,
    });
  }
  if (code === "SQLITE_NOTADB" || code === "EISDIR") {
    return new GigqError("not-a-queue", `${path} is not a gigq database`, {
      hint: "Name another file with --db or GIGQ_DB",
      isLasting: true,
      ...cause,
    });
  }
  if (/^(SQLITE_READONLY|EROFS)/.test(code)) {
    return new GigqError("unusable-path", `the queue at ${path} can be read, and not written`, {
      hint: "Look at its mode and its owner, and at how its disk is mounted",
      ...cause,
    });
  }
  if (/^(SQLITE_CANTOPEN|SQLITE_PERM|EACCES|EPERM|ENOENT|ENOTDIR)/.test(code)) {
    return new GigqError(
      "unusable-path",
      `the queue at ${path} cannot be opened and written: ${said}`,
      {
        hint: "Check that the folder exists and that you may write in it, or name another with --db",
        ...cause,
      },
    );
  }
  return new GigqError("storage-failed", `the queue at ${path} cannot be used: ${said}`, {
    hint: "Check the disk; what was committed before is kept",
    ...cause,
  });
}

/** False for what is no fault of the disk or of other processes: a bug, or an error of ours. */
export function isTrouble(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code ?? "");
  return (
    code.startsWith("SQLITE_") && !/^SQLITE_(ERROR|CONSTRAINT|MISUSE|RANGE|MISMATCH)/.test(code)
  );
}

export function cannotOpen(error: unknown): boolean {
  return String((error as { code?: unknown }).code ?? "").startsWith("SQLITE_CANTOPEN");
}

/** SQLITE_BUSY in all its kinds: somebody else holds the lock. */
export function isBusy(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code ?? "");
  return code.startsWith("SQLITE_BUSY") || code === "SQLITE_LOCKED";
}
