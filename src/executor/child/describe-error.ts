import { inspect } from "node:util";

/** Errors are kept up to this many characters; the middle of longer ones is left out. */
const LONGEST_ERROR = 32_768;

/** Errors that caused errors are described this deep. */
const DEEPEST_CAUSE = 5;

/** Turns whatever was thrown into text of bounded size: the message first, then where it came from. */
export function describeError(thrown: unknown): string {
  try {
    // Half of a surrogate pair, perhaps made by the shortening, could not be stored.
    return shorten(describe(thrown, 0)).replaceAll(/\p{Surrogate}/gu, "\ufffd");
  } catch {
    return "threw something that cannot be described";
  }
}

function describe(thrown: unknown, depth: number): string {
  if (!isError(thrown)) return `threw what is no error: ${shown(thrown)}`;
  const lines = [headline(thrown), ...frames(thrown)];
  if (thrown.cause !== undefined && depth < DEEPEST_CAUSE) {
    const cause = isError(thrown.cause) ? describe(thrown.cause, depth + 1) : shown(thrown.cause);
    lines.push(`caused by: ${cause}`);
  }
  if (thrown instanceof AggregateError && depth < DEEPEST_CAUSE) {
    for (const error of thrown.errors.slice(0, 5))
      lines.push(`one of: ${describe(error, depth + 1)}`);
  }
  return lines.join("\n");
}

/** Also true for errors of other realms, such as `vm` contexts. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function headline(error: Error): string {
  const name = typeof error.name === "string" && error.name !== "" ? error.name : "Error";
  const message = shorten(String(error.message));
  // Node puts the code of a system error into its message; other libraries do not.
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return `${name}: ${message}${code === "" || message.includes(code) ? "" : ` (${code})`}`;
}

/** Where frames come from that tell a user nothing: ours, Node's, and those of what loads TypeScript. */
const OURS = new URL("..", import.meta.url).href;
const NOT_THEIRS = /[ (]node:|[\\/]node_modules[\\/]jiti[\\/]/;

/** How the stack of an error begins that Node found while it parsed or linked a module. */
const PLACE = /^(?:file:|\/|[A-Z]:\\).*:\d+$/;

/** The stack without the message, and with the user's own frames only. */
function frames(error: Error): string[] {
  if (typeof error.stack !== "string") return [];
  const first = error.stack.slice(0, LONGEST_ERROR).split("\n", 1)[0]!;
  const place = PLACE.test(first) ? [`    at ${first}`] : [];
  // The message stands before the frames, and may be long.
  const lines = error.stack.slice(-LONGEST_ERROR).split("\n");
  return place
    .concat(lines.filter((line) => /^\s+at /.test(line)))
    .filter((line) => !NOT_THEIRS.test(line) && !line.includes(OURS))
    .slice(0, 20);
}

function shown(value: unknown): string {
  return inspect(value, { depth: 2, maxArrayLength: 20, maxStringLength: 2_000, breakLength: 100 });
}

function shorten(text: string): string {
  if (text.length <= LONGEST_ERROR) return text;
  const half = LONGEST_ERROR / 2;
  const left = text.length - LONGEST_ERROR;
  return `${text.slice(0, half)}\n… ${left} characters left out …\n${text.slice(-half)}`;
}
