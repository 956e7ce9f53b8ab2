import { existsSync, readFileSync } from "node:fs";

/** Says whether a process runs. One that died and is not buried yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    // It may have gone between the two looks, or the system has no /proc at all.
    const { code } = error as NodeJS.ErrnoException;
    return code === "EPERM" || (code === "ENOENT" && !existsSync("/proc/self"));
  }
}
