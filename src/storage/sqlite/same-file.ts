import { statSync } from "node:fs";
import { GigqError } from "../../errors.js";

/** How long a database that was taken away may go unnoticed. */
const LOOK_EVERY_MS = 1_000;

/**
 * Sees to it that the file at a path is still the one that was opened. SQLite itself would go on
 * working in a file that nobody can find any more.
 */
export class SameFile {
  readonly #path: string;
  /** Which file it was. */
  readonly opened: string | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(path: string) {
    this.#path = path;
    this.opened = fileAt(path);
  }

  /** Throws a lasting `storage-failed` when it is not. Looks at most once a second. */
  check(nowMs: number): void {
    if (Math.abs(nowMs - this.#lookedAt) < LOOK_EVERY_MS) return;
    const found = fileAt(this.#path);
    if (found !== undefined && found !== this.opened) throw gone(this.#path, found);
    this.#lookedAt = nowMs;
  }
}

/** Which file it is, on which disk; "" where there is none, `undefined` where that cannot be told. */
function fileAt(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true });
    return `${found.dev}:${found.ino}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "" : undefined;
  }
}

function gone(path: string, found: string): GigqError {
  const what = found === "" ? "is not there any more" : "was replaced by another file";
  return new GigqError("storage-failed", `the queue at ${path} ${what}`, {
    hint: "Stop whatever has it open before you move, delete or restore a queue",
    isLasting: true,
  });
}
