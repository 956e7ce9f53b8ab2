import { resolve } from "node:path";
import { GigqError } from "../errors.js";
import { formatAddress, isPath, parseAddress } from "./address.js";
import type { Backoff, JobOptions, JobSpec, OnParentFailure } from "./job.js";
import { DEEPEST_JSON, isStackOverflow, isTooDeep, LARGEST_JSON } from "./json.js";

const BACKOFFS: readonly Backoff[] = ["fixed", "exponential"];
const PARENT_POLICIES: readonly OnParentFailure[] = ["cancel", "wait", "run"];

const KNOWN: Record<keyof JobOptions, true> = {
  function: true,
  name: true,
  params: true,
  priority: true,
  dependencies: true,
  maxAttempts: true,
  timeout: true,
  description: true,
  retryDelay: true,
  backoff: true,
  onParentFailure: true,
  passParentResults: true,
  runAt: true,
};

/** The names of all options of a job. */
const JOB_OPTIONS: readonly string[] = Object.keys(KNOWN);

/** Checks what a user said about a job, and fills in the rest. Throws `usage`. */
export function checkJob(id: string, options: JobOptions): JobSpec {
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(KNOWN, key)) {
      throw wrong(
        `a job has no option "${key.slice(0, 60)}"`,
        `Known are: ${JOB_OPTIONS.join(", ")}`,
      );
    }
  }
  const address = addressOf(options.function);
  return {
    id,
    function: formatAddress(address),
    name: text("name", options.name) ?? address.exportName,
    params: paramsOf(options.params),
    description: text("description", options.description) ?? "",
    priority: whole("priority", options.priority ?? 0, -(2 ** 31), 2 ** 31 - 1),
    maxAttempts: whole("maxAttempts", options.maxAttempts ?? 3, 1, 1_000_000),
    timeoutMs: timeoutOf(options.timeout),
    retryDelayMs: seconds("retryDelay", options.retryDelay ?? 0),
    backoff: oneOf("backoff", options.backoff ?? "fixed", BACKOFFS),
    onParentFailure: oneOf("onParentFailure", options.onParentFailure ?? "cancel", PARENT_POLICIES),
    passParentResults: flag("passParentResults", options.passParentResults),
    dependencies: dependenciesOf(options.dependencies),
    runAt: momentOf(options.runAt),
  };
}

function addressOf(given: unknown): ReturnType<typeof parseAddress> {
  if (!(given instanceof URL) && typeof given !== "string") {
    throw wrong(
      `function is ${show(given)}, and must name a module and an export`,
      'For example: "./jobs.ts#resize"',
    );
  }
  const address = parseAddress(given instanceof URL ? given.href : wellFormed("function", given));
  return isPath(address.module) ? { ...address, module: resolve(address.module) } : address;
}

function paramsOf(params: unknown = {}): string {
  // A Date is an object too, but its JSON is a text.
  const json = typeof params === "object" && params !== null ? toJson(params) : undefined;
  if (!json?.startsWith("{")) {
    throw wrong(
      `params is ${show(params)}, and must be an object`,
      'For example: {"file":"a.png"}',
    );
  }
  if (json.length > LARGEST_JSON) {
    throw wrong(
      `params take ${json.length} characters as JSON, and at most ${LARGEST_JSON} are kept`,
      "Write the data to a file, and pass its path",
    );
  }
  if (isTooDeep(json)) throw tooDeep();
  return json;
}

function tooDeep(cause?: unknown): GigqError {
  return new GigqError("usage", "params are nested too deep", {
    hint: `At most ${DEEPEST_JSON} arrays and objects may stand in each other; write the data to a file, and pass its path`,
    cause,
  });
}

function toJson(params: object): string | undefined {
  try {
    return JSON.stringify(params);
  } catch (cause) {
    if (isStackOverflow(cause)) throw tooDeep(cause);
    throw new GigqError("usage", `params cannot be written as JSON: ${(cause as Error).message}`, {
      hint: "Pass only what JSON can hold: strings, numbers, booleans, null, arrays and objects",
      cause,
    });
  }
}

function text(option: string, given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "string" && given.length <= 10_000) return wellFormed(option, given);
  throw wrong(`${option} is ${show(given)}`, `${option} is a text of at most 10,000 characters`);
}

/** Half of a surrogate pair would come back as another character. */
function wellFormed(option: string, given: string): string {
  if (!/\p{Surrogate}/u.test(given)) return given;
  throw wrong(
    `${option} is ${show(given)}, and holds half of a character`,
    "Was a text cut in the middle of an emoji? Leave the half out",
  );
}

function whole(option: string, given: unknown, least: number, most: number): number {
  if (Number.isInteger(given) && (given as number) >= least && (given as number) <= most) {
    return given as number;
  }
  throw wrong(
    `${option} is ${show(given)}`,
    `${option} is a whole number from ${least} to ${most}`,
  );
}

/** The longest time that can be asked for, in seconds: ten years. */
const LONGEST_SECONDS = 315_360_000;

function seconds(option: string, given: unknown): number {
  if (typeof given === "number" && given >= 0 && given <= LONGEST_SECONDS) {
    return Math.round(given * 1000);
  }
  throw wrong(`${option} is ${show(given)}`, `${option} is seconds, from 0 to ${LONGEST_SECONDS}`);
}

function timeoutOf(given: unknown = 300): number | null {
  if (given === null) return null;
  const ms = seconds("timeout", given);
  if (ms > 0) return ms;
  throw wrong(
    "timeout is 0, and would leave a job no time",
    "Leave it out, or give null for no limit",
  );
}

function flag(option: string, given: unknown): boolean | null {
  if (given === undefined) return null;
  if (typeof given === "boolean") return given;
  throw wrong(`${option} is ${show(given)}`, `${option} is true or false`);
}

function oneOf<T extends string>(option: string, given: T, known: readonly T[]): T {
  if (known.includes(given)) return given;
  throw wrong(`${option} is ${show(given)}`, `${option} is one of: ${known.join(", ")}`);
}

function dependenciesOf(given: unknown = []): readonly string[] {
  if (Array.isArray(given) && given.every((id) => typeof id === "string")) {
    return [...new Set<string>(given)];
  }
  throw wrong(`dependencies is ${show(given)}`, "dependencies is a list of job ids");
}

const ISO_WITH_ZONE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/i;

function momentOf(given: unknown): number | null {
  if (given === undefined) return null;
  const date = given instanceof Date ? given : parseIso(given);
  if (date !== undefined && !Number.isNaN(date.getTime())) return date.getTime();
  throw wrong(
    `runAt is ${show(given)}`,
    "runAt is a date with a zone, as in 2026-11-22T08:00:00Z or 2026-11-22T09:00:00+01:00",
  );
}

function parseIso(given: unknown): Date | undefined {
  return typeof given === "string" && ISO_WITH_ZONE.test(given) ? new Date(given) : undefined;
}

function show(value: unknown): string {
  if (typeof value === "number" || value === undefined || value === null) return String(value);
  if (typeof value === "bigint" || typeof value === "function") return `a ${typeof value}`;
  try {
    return JSON.stringify(value).slice(0, 60);
  } catch {
    return `a ${typeof value}`;
  }
}

function wrong(message: string, hint: string): GigqError {
  return new GigqError("usage", message, { hint });
}
