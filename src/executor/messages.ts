import { isKeepable, LARGEST_JSON } from "../job/json.js";
import type { Outcome } from "../job/outcome.js";
import type { StandardStream } from "./attribution.js";
import type { Told } from "./child/telling.js";
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
      /** The streams in which there is a separator behind what the attempt wrote. */
      readonly cut?: readonly StandardStream[] | undefined;
    }
  /** It tells something while it runs. */
  | (Told & { readonly n: number })
  /** It was recalled before it began. */
  | { readonly type: "skipped"; readonly n: number };

/** Errors are shortened by the child; none is longer than this, in characters. */
const LONGEST_ERROR = 40_000;

/**
 * No report of ours is longer, in characters. A result is JSON, and stands in the report as a string:
 * that makes two characters out of one at most. Errors are short beside that.
 */
export const LONGEST_REPORT: number = 2 * LARGEST_JSON + 1024 * 1024;

/**
 * Cuts a stream of text into lines, each one message. JSON has no line breaks of its own. A line
 * that is no message, or longer than `longest`, is `garbled`: user code can write to any file that
 * its process holds open.
 */
export function lineReader<T>(
  receive: (message: T) => void,
  garbled: () => void = () => {},
  longest: number = Number.POSITIVE_INFINITY,
): (chunk: string) => void {
  let rest: string[] = [];
  let length = 0;
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", start)) {
      rest.push(chunk.slice(start, end));
      const line = rest.length === 1 ? rest[0]! : rest.join("");
      rest = [];
      length = 0;
      start = end + 1;
      const message = parse(line);
      if (message === undefined) garbled();
      else receive(message as T);
    }
    if (start === chunk.length) return;
    rest.push(chunk.slice(start));
    length += chunk.length - start;
    if (length <= longest) return;
    rest = [];
    length = 0;
    garbled();
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

/** Messages of progress are cut to this many characters. */
export const LONGEST_MESSAGE: number = 200;

/** No attempt takes longer, in milliseconds: three hundred years. */
const LONGEST_MS = 1e13;

/**
 * Says whether what came from a child has the shape of a report, and holds nothing that could not be
 * stored or read again: user code can forge one.
 */
export function isReport(message: unknown): message is Report {
  if (typeof message !== "object" || message === null) return false;
  const { type, n, ms, outcome, cut, text } = message as Record<string, unknown>;
  if (type === "ready") return true;
  if (!Number.isInteger(n)) return false;
  switch (type) {
    case "skipped":
      return true;
    case "ended":
      return isDuration(ms) && isOutcome(outcome) && (cut === undefined || isCut(cut));
    case "log":
      return typeof text === "string";
    case "progress":
      return isProgress(message as Record<string, unknown>);
    default:
      return false;
  }
}

function isCut(cut: unknown): boolean {
  return Array.isArray(cut) && cut.every((name) => name === "stdout" || name === "stderr");
}

function isProgress({ done, total, message }: Record<string, unknown>): boolean {
  return (
    isAmount(done) &&
    (total === null || isAmount(total)) &&
    (message === null || (typeof message === "string" && message.length <= LONGEST_MESSAGE))
  );
}

function isAmount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isDuration(ms: unknown): boolean {
  return typeof ms === "number" && ms >= 0 && ms <= LONGEST_MS;
}

/** A child knows two ways to end; the others are the worker's to say. */
function isOutcome(outcome: unknown): boolean {
  if (typeof outcome !== "object" || outcome === null) return false;
  const { type, result, error } = outcome as Record<string, unknown>;
  if (type === "completed") return typeof result === "string" && isKeepable(result);
  return type === "failed" && typeof error === "string" && error.length <= LONGEST_ERROR;
}
