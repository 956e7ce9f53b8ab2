import { createRequire } from "node:module";
import Database from "better-sqlite3";
import { GigqError } from "../../errors.js";

/** Throws `storage-failed` where better-sqlite3 cannot be used here, with what to do about it. */
export function refuseBrokenDriver(): void {
  refuseTooNew(process.versions.node);
  try {
    // The native part is loaded when the first database is made.
    new Database(":memory:").close();
  } catch (error) {
    if (!isNotLoaded(error)) throw error;
    throw new GigqError(
      "storage-failed",
      `SQLite is not built for this Node (${process.versions.node}): ${firstLine(error)}`,
      {
        hint: "Build it with: npm rebuild better-sqlite3 (where packages may not run scripts, allow it to first)",
        cause: error,
        isLasting: true,
      },
    );
  }
}

/** better-sqlite3 13 and later crash on Node 20 without a word, so ask before it is used. */
function refuseTooNew(nodeVersion: string): void {
  if (Number.parseInt(nodeVersion, 10) >= 22) return;
  const { version } = createRequire(import.meta.url)("better-sqlite3/package.json");
  if (Number.parseInt(version, 10) < 13) return;
  throw new GigqError(
    "storage-failed",
    `better-sqlite3 ${version} does not run on Node ${nodeVersion}`,
    { hint: "Update Node to 22 or later, or install better-sqlite3@12", isLasting: true },
  );
}

/** It was installed without its script (`tries` is of the package bindings), or for another Node. */
function isNotLoaded(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return "tries" in error || ("code" in error && error.code === "ERR_DLOPEN_FAILED");
}

function firstLine(error: Error): string {
  return error.message.split("\n")[0]!.replace(/\. Tried:$/, "");
}
