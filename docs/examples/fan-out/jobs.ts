import { readFile } from "node:fs/promises";
import { type JobContext, task } from "gigq";

type Counts = Record<string, number>;

/** Counts the words in one of `of` equal parts of a text, given by the lines in it. */
export const countPart = task(
  import.meta.url,
  async ({ file, part, of }: { file: string; part: number; of: number }, { log }: JobContext) => {
    const lines = (await readFile(file, "utf8")).split("\n");
    const from = Math.floor((lines.length * part) / of);
    const to = Math.floor((lines.length * (part + 1)) / of);
    const counts: Counts = {};
    for (const [word] of lines
      .slice(from, to)
      .join("\n")
      .toLowerCase()
      .matchAll(/[a-z]+/g)) {
      counts[word] = (counts[word] ?? 0) + 1;
    }
    log("lines %d to %d: %d words", from, to, Object.keys(counts).length);
    return counts;
  },
  { timeout: 60 },
);

/** Adds up what all parts have counted: the parents' results come in the order of dependsOn. */
export const mostFrequent = task(
  import.meta.url,
  ({ top }: { top: number }, { parentResults }: JobContext) => {
    const sum = new Map<string, number>();
    for (const counts of Object.values(parentResults) as Counts[]) {
      for (const [word, count] of Object.entries(counts)) {
        sum.set(word, (sum.get(word) ?? 0) + count);
      }
    }
    return [...sum].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, top);
  },
);
