import type { Outcome } from "../job/outcome.js";
import type { Attempt } from "./executor.js";

/** An attempt on its way to a child. `n` is its turn: of a child's attempts, each has a greater one. */
export interface Assignment extends Omit<Attempt, "turn" | "timeoutMs"> {
  readonly n: number;
}

/** The timeout stays behind: a child does not watch over itself. */
export function toAssignment({ attempt }: { attempt: Attempt }): Assignment {
  const { turn, timeoutMs: _, ...rest } = attempt;
  return { n: turn, ...rest };
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
  | {
      readonly type: "ended";
      readonly n: number;
      readonly ms: number;
      readonly outcome: Outcome;
      /** The child exits after this. */
      readonly last: boolean;
    }
  /** It was recalled before it began. */
  | { readonly type: "skipped"; readonly n: number };

/**
 * Cuts a stream of text into lines, each one message. JSON has no line breaks of its own. A line
 * that is no message is `garbled`: user code can write to any file that its process holds open.
 */
export function lineReader<T>(
  receive: (message: T) => void,
  garbled: () => void = () => {},
): (chunk: string) => void {
  let rest: string[] = [];
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", start)) {
      rest.push(chunk.slice(start, end));
      const line = rest.length === 1 ? rest[0]! : rest.join("");
      rest = [];
      start = end + 1;
      const message = parse(line);
      if (message === undefined) garbled();
      else receive(message as T);
    }
    if (start < chunk.length) rest.push(chunk.slice(start));
  };
}

function parse(line: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export function toLine(message: Command | Report): string {
  return `${JSON.stringify(message)}\n`;
}

/** Says whether an object from a child has the shape of a report. */
export function isReport(message: object): message is Report {
  const { type, n, ms, outcome } = message as Record<string, unknown>;
  if (type === "ready") return true;
  if (!Number.isInteger(n)) return false;
  return type === "skipped" || (type === "ended" && Number.isFinite(ms) && isOutcome(outcome));
}

/** A child knows two ways to end; the others are the worker's to say. */
function isOutcome(outcome: unknown): boolean {
  if (typeof outcome !== "object" || outcome === null) return false;
  const { type, result, error } = outcome as Record<string, unknown>;
  if (type === "completed") return typeof result === "string";
  return type === "failed" && typeof error === "string";
}
