import type { ParentResult } from "../job/job.js";
import type { Outcome } from "../job/outcome.js";

/** An attempt on its way to a child. `n` counts up through the life of the child. */
export interface Assignment {
  readonly n: number;
  readonly function: string;
  readonly params: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly parentResults: readonly ParentResult[] | null;
  readonly passParentResults: boolean | null;
}

/** What a worker tells a child. */
export type Command =
  | { readonly type: "run"; readonly assignments: readonly Assignment[] }
  /** Fire the abort signal of the attempt that runs. */
  | { readonly type: "abort"; readonly reason: string }
  | { readonly type: "exit" };

/** What a child tells the worker. */
export type Report =
  /** It has loaded, and can begin. */
  | { readonly type: "ready" }
  | { readonly type: "ended"; readonly n: number; readonly ms: number; readonly outcome: Outcome }
  /** It was recalled before it began. */
  | { readonly type: "skipped"; readonly n: number };

/** Cuts a stream of text into lines, each one message. JSON has no line breaks of its own. */
export function lineReader<T>(receive: (message: T) => void): (chunk: string) => void {
  let rest: string[] = [];
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", start)) {
      rest.push(chunk.slice(start, end));
      const line = rest.length === 1 ? rest[0]! : rest.join("");
      rest = [];
      start = end + 1;
      receive(JSON.parse(line) as T);
    }
    if (start < chunk.length) rest.push(chunk.slice(start));
  };
}

export function toLine(message: Command | Report): string {
  return `${JSON.stringify(message)}\n`;
}
