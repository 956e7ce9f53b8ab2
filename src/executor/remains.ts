import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Traces } from "./executor.js";
import { Mark } from "./mark.js";

/** The name in the environment of child processes, and of all that they start, that tells whose they are. */
export const TAG = "GIGQ_CHILD";

/** What the child of a slot carries in its environment; without a slot, how that begins for all. */
export function childTag(workerTag: string, slot?: number): string {
  return `${workerTag}/${slot ?? ""}`;
}

/** Where a slot's child notes what it begins; `undefined` for nowhere that others could find. */
export function markPath(
  traces: Pick<Traces, "folder"> | undefined,
  slot: number,
): string | undefined {
  return traces && join(traces.folder, `${slot}.mark`);
}

/**
 * The turn that the child in a slot of another worker began last: what came after it was never
 * begun. `undefined` when that cannot be known.
 */
export function lastBegun(folder: string, slot: number): number | undefined {
  return Mark.lastBegun(markPath({ folder }, slot)!);
}

/** Kills whatever the children of a worker have left. False while some of it is still there. */
export function killRemains(workerTag: string): boolean {
  return killTagged(childTag(workerTag));
}

/** New processes may be started while the others are killed; after so many rounds it is left to the next call. */
const ROUNDS = 10;

/**
 * Kills all processes that carry a tag, or, where it ends with a slash, one that begins so, and of
 * which this process may know. False while some are still there. Only Linux can tell; elsewhere
 * nothing is found.
 */
export function killTagged(tag: string): boolean {
  const needle = Buffer.from(tag.endsWith("/") ? `${TAG}=${tag}` : `${TAG}=${tag}\0`);
  for (let round = 0; round < ROUNDS; round++) {
    const pids = processes().filter((pid) => carries(pid, needle));
    if (pids.length === 0) return true;
    for (const pid of pids) kill(pid);
  }
  return false;
}

function processes(): number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid);
  } catch {
    return [];
  }
}

/** False for the processes of others, and for those that have ended. */
function carries(pid: number, needle: Buffer): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(needle);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ESRCH: it has ended by itself.
  }
}
