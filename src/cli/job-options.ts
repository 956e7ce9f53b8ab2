import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { GigqError, type JobOptions, type JobQueue, locateFunction } from "../index.js";
import {
  parseAt,
  parseChoice,
  parseDuration,
  parseList,
  parseParam,
  parseParams,
  parseRef,
  parseTimeout,
  parseWhole,
  usage,
} from "./options.js";
import type { Terminal } from "./terminal.js";

/** The rules of a job as `submit` and `run` take them. */
export interface JobFlags {
  name?: string;
  param?: Record<string, unknown>;
  params?: string;
  priority?: number;
  maxAttempts?: number;
  timeout?: number | null;
  retryDelay?: number;
  backoff?: "fixed" | "exponential";
  dependsOn?: string[];
  onParentFailure?: "cancel" | "wait" | "run";
  description?: string;
  delay?: number;
  at?: string;
}

export function describeJobOptions(command: Command): void {
  command
    .argument("[function]", "the module and its export, as in ./jobs.ts#resize")
    .allowExcessArguments(true)
    .option("-n, --name <name>", "for people; the name of the export unless given")
    .option("-p, --param <k=v>", "a parameter, as JSON or text; may be repeated", parseParam)
    .option("--params <json>", "all parameters: JSON, @file, or - for standard input")
    .option("--priority <number>", "higher runs first (default 0)", (text) =>
      parseWhole(text, -(2 ** 31)),
    )
    .option("--max-attempts <number>", "how often it may be tried (default 3)", (text) =>
      parseWhole(text, 1),
    )
    .option(
      "--timeout <duration>",
      "kill an attempt that runs longer; or none (default 5m)",
      parseTimeout,
    )
    .option("--retry-delay <duration>", "wait between attempts (default 0s)", (text) =>
      parseDuration(text),
    )
    .option("--backoff <kind>", "fixed, or exponential: double the delay each time", (text) =>
      parseChoice(text, "backoff", ["fixed", "exponential"]),
    )
    .option("--depends-on <ids>", "run after these jobs have completed; may be repeated", parseList)
    .option("--on-parent-failure <what>", "cancel, wait or run (default cancel)", (text) =>
      parseChoice(text, "policy", ["cancel", "wait", "run"]),
    )
    .option("--description <text>", "for people")
    .option("--delay <duration>", "not before this much time has passed", (text) =>
      parseDuration(text),
    )
    .option("--at <time>", "not before this time, ISO 8601", parseAt);
}

/** What a user said on the command line, as the library wants to hear it. */
export async function jobOptionsOf(
  args: readonly string[],
  flags: JobFlags,
  terminal: Terminal,
  queue: JobQueue,
): Promise<JobOptions> {
  const { delay, at, dependsOn, param, params } = flags;
  if (delay !== undefined && at !== undefined) {
    throw usage("--delay and --at cannot be given together", "Use one of them");
  }
  const runAt = delay === undefined ? at : new Date(terminal.now() + delay * 1000).toISOString();
  const dependencies = dependsOn && (await idsOf(dependsOn, queue));
  return {
    function: functionOf(args, terminal.cwd),
    ...pick(flags, RULES),
    params: { ...(params === undefined ? {} : readParams(params, terminal)), ...param },
    ...(runAt === undefined ? {} : { runAt }),
    ...(dependencies === undefined ? {} : { dependencies }),
  };
}

/** The flags that are options of a job under the same name. */
const RULES = [
  "name",
  "priority",
  "maxAttempts",
  "timeout",
  "retryDelay",
  "backoff",
  "onParentFailure",
  "description",
] as const satisfies readonly (keyof JobFlags & keyof JobOptions)[];

function pick<K extends keyof JobFlags>(flags: JobFlags, keys: readonly K[]): Pick<JobFlags, K> {
  return Object.fromEntries(
    keys.filter((key) => flags[key] !== undefined).map((key) => [key, flags[key]]),
  ) as Pick<JobFlags, K>;
}

/** The one argument. Errors that people make most are named. */
export function functionOf(args: readonly string[], cwd: string): string {
  const [address, ...more] = args;
  if (address === undefined) {
    throw usage("no function is named", "For example: ./jobs.ts#resize");
  }
  if (more.length > 0) {
    const meant = address.includes("#") ? undefined : `${address}#${more[0]}`;
    throw usage(
      `too many arguments: "${more.join(" ")}"`,
      meant === undefined
        ? `Parameters are given with -p, as in -p file=${more[0]}`
        : `Name the export after a "#": ${meant}`,
    );
  }
  return locateFunction(address, cwd);
}

function readParams(text: string, terminal: Terminal): Record<string, unknown> {
  return parseParams(text, {
    file: (path) => readText(path, terminal.cwd, "--params"),
    stdin: () => terminal.readStdin(),
  });
}

/** A file that a flag names; that it cannot be read is the user's error. */
export function readText(path: string, cwd: string, flag: string): string {
  try {
    return readFileSync(resolve(cwd, path), "utf8");
  } catch (cause) {
    throw new GigqError("usage", `${flag}: ${path} cannot be read: ${(cause as Error).message}`, {
      hint: "Check the path; it is relative to where you stand",
      cause,
    });
  }
}

/** Parents may be named by number; they are kept by id. */
export async function idsOf(texts: readonly string[], queue: JobQueue): Promise<string[]> {
  const refs = texts.map(parseRef);
  const jobs = await queue.getStatuses(refs);
  return jobs.map((job, index) => {
    if (job.exists) return job.id;
    throw new GigqError("unknown-parent", `there is no job ${texts[index]} to depend on`, {
      hint: "gigq list shows the jobs there are",
    });
  });
}
