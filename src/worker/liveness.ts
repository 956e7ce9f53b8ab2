import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { WorkerRecord } from "../storage/storage.js";

/** A name for a worker that nobody gave one: the host, and some random digits. */
export function makeWorkerId(): string {
  const host = hostname()
    .split(".")[0]!
    .replaceAll(/[^\w-]/g, "")
    .slice(0, 24);
  return `${host || "worker"}-${randomBytes(3).toString("hex")}`;
}

/** What other workers need to know of this one. */
export function identify(workerId: string, startedAt: number): WorkerRecord {
  const key = randomBytes(6).toString("hex");
  return { key, workerId, host: hostname(), pid: process.pid, startedAt };
}

/** The folder that children run in unless told otherwise. */
export function defaultRoot(): string {
  return process.cwd();
}
