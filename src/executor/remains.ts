import { existsSync, readdirSync, readFileSync } from "node:fs";
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
  if (!existsSync(folder)) return undefined;
  return Mark.lastBegun(markPath({ folder }, slot)!);
}

/** Kills whatever the children of a worker have left. False while some of it is still there. */
export function killRemains(workerTag: string): boolean {
  return killTagged(childTag(workerTag));
}

/** Does so until nothing is left; resolves with false when there is something still after `withinMs`. */
export function endRemains(workerTag: string, withinMs: number): Promise<boolean> {
  return endTagged(childTag(workerTag), withinMs);
}

/** New processes may be started while the others are killed; after so many rounds it is left to the next call. */
const ROUNDS = 10;

/**
 * Kills all processes that carry a tag, or, where it ends with a slash, one that begins so, and of
 * which this process may know. False while some are still there, or when that cannot be told. Only
 * Linux can tell; elsewhere nothing is found.
 */
function killTagged(tag: string): boolean {
  const needle = Buffer.from(tag.endsWith("/") ? `${TAG}=${tag}` : `${TAG}=${tag}\0`);
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const pids = processes().filter((pid) => carries(pid, needle));
      if (pids.length === 0) return true;
      for (const pid of pids) kill(pid);
    }
  } catch {
    // Out of files, or of memory: whether something is there is not known.
  }
  return false;
}

/** A killed process takes a moment to go; it is looked for again after this time. */
const AGAIN_MS = 10;

/** Does so until none is left; resolves with false when some are still there after `withinMs`. */
export async function endTagged(tag: string, withinMs: number): Promise<boolean> {
  const untilMs = performance.now() + withinMs;
  while (!killTagged(tag)) {
    if (performance.now() > untilMs) return false;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  return true;
}

/** None, where the system does not show them. */
function processes(): number[] {
  return (existsSync("/proc") ? readdirSync("/proc") : [])
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
}

const NOT_OURS: ReadonlySet<string | undefined> = new Set(["ENOENT", "ESRCH", "EACCES", "EPERM"]);

/** False for the processes of others, and for those that have ended. */
function carries(pid: number, needle: Buffer): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(needle);
  } catch (error) {
    if (NOT_OURS.has((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ESRCH: it has ended by itself.
  }
}
