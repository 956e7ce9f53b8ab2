import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isAlive } from "../support/alive.js";

/** Numbers of processes are used again: a process belongs to a campaign when it stands in its folder. */
export function belongs(pid: number, folder: string): boolean {
  if (!existsSync("/proc/self")) return isAlive(pid);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder && isAlive(pid);
  } catch {
    return false;
  }
}

/** Says whether it is a process that a worker has made to run jobs in. */
export function runsJobs(pid: number, folder: string): boolean {
  if (!belongs(pid, folder)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("process-entry.js");
  } catch {
    return false;
  }
}

/** Every process that belongs to a campaign; `known` are looked at where there is no `/proc`. */
export function processesIn(folder: string, known: Iterable<number>): number[] {
  const pids = existsSync("/proc/self")
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
    : [...known];
  return pids.filter((pid) => pid !== process.pid && belongs(pid, folder));
}

export function killAll(pids: Iterable<number>): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
