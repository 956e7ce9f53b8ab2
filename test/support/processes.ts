import { readdirSync, readFileSync } from "node:fs";
import { isAlive } from "./alive.js";
import { eventually } from "./eventually.js";

/** The processes of this machine whose command line, or environment, has this text in it; zombies have neither. */
export function processesWith(what: "cmdline" | "environ", text: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && contains(`/proc/${pid}/${what}`, text));
}

/** The processes that a process has started and that still run. Linux only. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

/** Resolves when none of these processes runs any more. */
export async function gone(pids: readonly number[]): Promise<void> {
  await eventually(`the end of ${pids.join(", ")}`, () => !pids.some(isAlive));
}

function contains(path: string, text: string): boolean {
  try {
    return readFileSync(path, "utf8").includes(text);
  } catch {
    return false;
  }
}
