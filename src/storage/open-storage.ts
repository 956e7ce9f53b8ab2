import type { Clock } from "../clock.js";
import { GigqError } from "../errors.js";
import { lend } from "./lend.js";
import type { Storage } from "./storage.js";

export interface OpenOptions {
  /** Whether a queue that is not there is created. */
  readonly create: boolean;
  readonly clock: Clock;
  /** Opens a database on a network file system too, where locks may not hold. */
  readonly allowNetworkFileSystem?: boolean;
}

/**
 * Opens the engine that the location asks for: a path is SQLite. One that is open already stays so
 * when what this answers is closed.
 */
export async function openStorage(
  location: string | Storage,
  options: OpenOptions,
): Promise<Storage> {
  if (typeof location !== "string") return lend(location);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) {
    throw new GigqError("usage", `${location.split("://")[0]}:// databases are not supported`, {
      hint: "Give the path of a SQLite file",
    });
  }
  if (location === ":memory:") {
    throw new GigqError("usage", "a queue in memory is not supported: it would keep nothing", {
      hint: "Give the path of a file; one in a temporary folder will do",
    });
  }
  const { openSqlite } = await import("./sqlite/sqlite-storage.js");
  return openSqlite(location, options);
}
