import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";

/*
 * How workers of one machine know of each other's death. Each has a folder with two named pipes:
 * one that it holds open for reading itself, and one that its child processes hold open as well.
 * The system closes them when a process ends, however it ends, and not before: somebody who opens
 * such a pipe for writing, without waiting, is refused (ENXIO, see fifo(7)) exactly when nobody is
 * left who holds it. That needs no clock, takes no lock, and goes through the walls of containers
 * that share the folder. A worker that is suspended or slow holds its pipe all the same.
 */
export const WORKER_PIPE = "worker";
export const CHILDREN_PIPE = "children";

/** What is left of a worker that was enlisted. */
export type Standing = "alive" | "children" | "gone";

/** Looks at what the worker of that key holds in the meeting place; it notices nothing of it. */
export function standingOf(meetingPlace: string, key: string): Standing {
  const folder = folderOf(meetingPlace, key);
  if (folder === undefined) return "gone";
  if (isHeld(join(folder, WORKER_PIPE))) return "alive";
  return isHeld(join(folder, CHILDREN_PIPE)) ? "children" : "gone";
}

/** What the key of a worker looks like. */
export const WORKER_KEY: RegExp = /^[0-9a-f]{12}$/;

/** A key comes out of the database, and could be anything; `undefined` for one that no worker made. */
export function folderOf(meetingPlace: string, key: string): string | undefined {
  return WORKER_KEY.test(key) ? join(meetingPlace, key) : undefined;
}

const WRITE_END = constants.O_WRONLY | constants.O_NONBLOCK;

/** What cannot be told counts as held: nobody is robbed on a suspicion. */
function isHeld(pipe: string): boolean {
  try {
    closeSync(openSync(pipe, WRITE_END));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== "ENXIO" && code !== "ENOENT" && code !== "ENOTDIR";
  }
}
