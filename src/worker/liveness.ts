import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

/** A name for a worker that nobody gave one: the host, and some random digits. */
export function makeWorkerId(): string {
  const host = hostname()
    .split(".")[0]!
    .replaceAll(/[^\w-]/g, "")
    .slice(0, 24);
  return `${host || "worker"}-${randomBytes(3).toString("hex")}`;
}

/** The folder that children run in unless told otherwise. */
export function defaultRoot(): string {
  return process.cwd();
}
