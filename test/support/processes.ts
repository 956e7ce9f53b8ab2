import { readdirSync, readFileSync } from "node:fs";

/** The processes of this machine whose command line, or environment, has this text in it; zombies have neither. */
export function processesWith(what: "cmdline" | "environ", text: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && contains(`/proc/${pid}/${what}`, text));
}

function contains(path: string, text: string): boolean {
  try {
    return readFileSync(path, "utf8").includes(text);
  } catch {
    return false;
  }
}
