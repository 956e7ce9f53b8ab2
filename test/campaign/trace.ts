import { closeSync, createReadStream, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { createInterface } from "node:readline";

/** One call of a job's function, as its own lines tell. */
export interface Run {
  readonly nonce: string;
  readonly pid: number;
  /** The worker in whose hands it was. */
  readonly player: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly begin: Moment;
  /** The last line of it, or of what it has started. */
  last: Moment;
  /** How it ended; `undefined` for one that did not come so far. */
  end?: { readonly how: "returned" | "threw"; readonly at: Moment };
}

/** When a line was written: its place in the file, and ns on the clock that never jumps. */
export interface Moment {
  readonly line: number;
  readonly ns: number;
}

export interface Trace {
  readonly runs: readonly Run[];
  /** Lines that were cut off by a kill. */
  readonly torn: number;
  readonly lines: number;
  /** Everybody who wrote. */
  readonly pids: ReadonlySet<number>;
}

export async function readTrace(path: string): Promise<Trace> {
  const runs = new Map<string, Run>();
  const pids = new Set<number>();
  let [line, torn] = [0, 0];
  if (!existsSync(path)) return { runs: [], torn, lines: 0, pids };
  for await (const text of createInterface({ input: createReadStream(path) })) {
    if (text === "") continue;
    line += 1;
    const [what, ns, nonce, pid, ...more] = text.split(/ +/);
    if (more.pop() !== ".") {
      torn += 1;
      continue;
    }
    pids.add(Number(pid));
    const run = runs.get(nonce!);
    // A program of a shell knows no such clock: its place in the file must do.
    const at = { line, ns: ns === "-" ? (run?.last.ns ?? 0) : Number(ns) };
    if (what === "begin") {
      const [player, jobId, attempt] = more;
      runs.set(nonce!, {
        nonce: nonce!,
        pid: Number(pid),
        player: player!,
        jobId: jobId!,
        attempt: Number(attempt),
        begin: at,
        last: at,
      });
    } else if (run !== undefined) {
      run.last = at;
      if (what === "end") run.end = { how: more[0] as "returned" | "threw", at };
    }
  }
  return { runs: [...runs.values()], torn, lines: line, pids };
}

/** So much of the end of a trace is a few hundredths of a second of it. */
const RECENT_BYTES = 4_096;

/** The processes that wrote the last lines. */
export function recentWriters(path: string): number[] {
  if (!existsSync(path)) return [];
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(RECENT_BYTES);
    const read = readSync(
      fd,
      bytes,
      0,
      bytes.length,
      Math.max(0, fstatSync(fd).size - RECENT_BYTES),
    );
    const text = bytes.toString("utf8", 0, read);
    const pids = [...text.matchAll(/^(?:begin|alive) \d+ \S+ (\d+) .*\.$/gm)];
    return [...new Set(pids.map(([, pid]) => Number(pid)))];
  } finally {
    closeSync(fd);
  }
}
