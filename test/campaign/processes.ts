import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isAlive } from "../support/alive.js";

/** In the environment of every process of a campaign: the player that it belongs to. */
export const PLAYER = "CAMPAIGN_PLAYER";

/** In the environment too: the folder. Numbers of processes are used again, folders are not. */
export const FOLDER = "CAMPAIGN_FOLDER";

const hasProc = existsSync("/proc/self");

/** Every process of a campaign; `known` are looked at where there is no `/proc`. */
export function processesIn(folder: string, known: Iterable<number>): number[] {
  if (!hasProc) return [...known].filter(isAlive);
  return processes().filter((pid) => carries(pid, FOLDER, folder) && isAlive(pid));
}

/** Says whether it is a process that a worker of this campaign has made to run jobs in. */
export function runsJobs(pid: number, folder: string): boolean {
  if (!hasProc) return isAlive(pid);
  return carries(pid, FOLDER, folder) && read(pid, "cmdline").includes("process-entry.js");
}

/** The player that a process belongs to; `undefined` for none of this campaign. */
export function playerOf(pid: number, folder: string): string | undefined {
  if (!carries(pid, FOLDER, folder)) return undefined;
  const line = read(pid, "environ")
    .split("\0")
    .find((entry) => entry.startsWith(`${PLAYER}=`));
  return line?.slice(PLAYER.length + 1);
}

/** The shells that a worker has beside it to end its children when it dies. */
export function guardiansOf(player: string, folder: string): number[] {
  return processes().filter(
    (pid) =>
      read(pid, "cmdline").startsWith("sh\0-c\0") &&
      read(pid, "cmdline").includes("GIGQ_CHILD=") &&
      carries(pid, PLAYER, player) &&
      carries(pid, FOLDER, folder),
  );
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

function processes(): number[] {
  if (!hasProc) return [];
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
}

function carries(pid: number, name: string, value: string): boolean {
  return read(pid, "environ").split("\0").includes(`${name}=${value}`);
}

/** Nothing, for one that has ended or that belongs to somebody else. */
function read(pid: number, file: "environ" | "cmdline"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
