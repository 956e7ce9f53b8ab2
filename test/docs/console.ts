import type { Block } from "./pages.js";

/** A command that a console shows, with what it answers. */
export interface Call {
  readonly command: string;
  readonly output: string;
}

export function callsOf(block: Block): Call[] {
  return block.text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...output] = part.split(/(?<!\\)\n/);
      return { command: command!, output: output.join("\n") };
    });
}

/** What differs from run to run is made the same: ids, times, durations, hashes, folders. */
export function normal(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replaceAll(/[0-9a-f]{64}/g, "HASH")
    .replaceAll(/\d{4}-\d\d-\d\d /g, "DAY ")
    .replaceAll(/\d\d:\d\d:\d\d(\.\d{3})?/g, "CLOCK")
    .replaceAll(/\b[\d.]+m?s\b/g, "TOOK")
    .replaceAll(/\/\S+\/gigq\.db/g, "DB")
    .replaceAll("timeout TOOK", "timeout 30s")
    .replaceAll(/ +/g, " ")
    .trimEnd();
}
