import { link, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Backup, type BackupOptions, GigqError } from "../../../src/index.js";
import type { Contents } from "./kept.js";

/** Writes everything as JSON beside the target, and gives it its name when it is complete. */
export async function backup(
  contents: Contents,
  path: string,
  { replace, signal }: BackupOptions,
): Promise<Backup> {
  const text = JSON.stringify({
    workers: [...contents.workers.values()],
    jobs: [...contents.jobs.values()].map((kept) => ({ ...kept, logs: [...kept.logs] })),
  });
  const jobs = contents.jobs.size;
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: "wx", flush: true });
    signal?.throwIfAborted();
    if (replace) await rename(draft, path);
    else await link(draft, path);
    return { path, jobs, bytes: (await stat(path)).size };
  } catch (error) {
    signal?.throwIfAborted();
    throw explained(error, path);
  } finally {
    await rm(draft, { force: true });
  }
}

function explained(cause: unknown, path: string): GigqError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "EEXIST") {
    return new GigqError("usage", `there is a file at ${path} already`, {
      hint: "Name another, or replace it with --force",
    });
  }
  const hint = `Check the folder ${dirname(path)}; nothing was written`;
  if (code === "ENOSPC") return new GigqError("disk-full", message, { hint, cause });
  return new GigqError("unusable-path", message, { hint, cause });
}
