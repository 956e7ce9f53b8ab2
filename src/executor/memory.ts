import { existsSync, readdirSync, readFileSync } from "node:fs";

/** The least limit that makes sense, in bytes: Node itself takes most of that. */
export const LEAST_RSS: number = 64 * 2 ** 20;

/** Says whether this system tells how much memory a process takes, and what it has started: Linux does. */
export function canMeasureMemory(): boolean {
  return existsSync(`/proc/${process.pid}/task/${process.pid}/children`);
}

/**
 * Bytes of memory that a process and its descendants hold (their resident sets, added up); 0 where
 * it is gone. A descendant whose parent has died is no longer found.
 */
export function memoryOf(pid: number): number {
  const own = residentSet(pid);
  return own === 0 ? 0 : childrenOf(pid).reduce((sum, child) => sum + memoryOf(child), own);
}

/** In `status` it stands in KiB, in `statm` in pages of a size that Node does not tell. */
function residentSet(pid: number): number {
  const status = read(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Processes and threads end while they are being looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
