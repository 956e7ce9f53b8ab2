import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { GigqError, type JobOptions, type JobQueue, locateFunction } from "../client.js";
import type { JobRef } from "../index.js";
import {
  parseAt,
  parseChoice,
  parseDuration,
  parseParam,
  parseParams,
  parseRefs,
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
  timeout?: number | "none";
  retryDelay?: number;
  backoff?: "fixed" | "exponential";
  dependsOn?: JobRef[];
  onParentFailure?: "cancel" | "wait" | "run";
  description?: string;
  delay?: number;
  at?: string;
}

export function describeJobOptions(command: Command): void {
  command
    .argument("[function]", "the module and its export, as in ./jobs.ts#resize")
    .option("-n, --name <name>", "for people; the name of the export unless given")
    .option("-p, --param <k=v>", "a parameter, as JSON or text; may be repeated", parseParam)
    .option("--params <json>", "all parameters: JSON, @file, or - for standard input")
    .option("--priority <number>", "higher runs first (default 0)", (text) =>
      parseWhole(text, -(2 ** 31)),
    )
    .option("--max-attempts <number>", "how often it may be tried (default 3)", (text) =>
      parseWhole(text, 1, 1_000_000),
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
    .option("--depends-on <ids>", "run after these jobs have completed; may be repeated", parseRefs)
    .option("--on-parent-failure <what>", "cancel, wait or run (default cancel)", (text) =>
      parseChoice(text, "policy", ["cancel", "wait", "run"]),
    )
    .option("--description <text>", "for people")
    .option("--delay <duration>", "not before this much time has passed", (text) =>
      parseDuration(text),
    )
    .option("--at <time>", "not before this time, ISO 8601", parseAt);
}

/** What a user said on the command line, as the library wants to hear it; parents are looked up. */
export async function jobOptionsOf(
  args: readonly string[],
  flags: JobFlags,
  terminal: Terminal,
  queue: JobQueue,
): Promise<JobOptions> {
  const { delay, at, dependsOn, param, params, timeout } = flags;
  if (delay !== undefined && at !== undefined) {
    throw usage("--delay and --at cannot be given together", "Use one of them");
  }
  const runAt = delay === undefined ? at : new Date(terminal.now() + delay * 1000).toISOString();
  const address = functionOf(args, terminal.cwd);
  const all = params === undefined ? {} : await readParams(params, terminal);
  const dependencies = dependsOn && (await idsOf(dependsOn, queue));
  return {
    function: address,
    ...pick(flags, RULES),
    ...(timeout === undefined ? {} : { timeout: timeout === "none" ? null : timeout }),
    params: { ...all, ...param },
    ...(runAt === undefined ? {} : { runAt }),
    ...(dependencies === undefined ? {} : { dependencies }),
  };
}

/** The flags that are options of a job under the same name. */
const RULES = [
  "name",
  "priority",
  "maxAttempts",
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
function functionOf(args: readonly string[], cwd: string): string {
  const [address, ...more] = args;
  if (address === undefined) {
    throw usage("no function is named", "Name a module and its export, as in ./jobs.ts#resize");
  }
  if (more.length > 0) {
    const param = more[0]!.includes("=") ? more[0] : `file=${more[0]}`;
    throw usage(
      `too many arguments: "${more.join(" ")}"`,
      address.includes("#")
        ? `Parameters are given with -p, as in -p ${param}`
        : `Name the export after a "#": ${address}#${more[0]}`,
    );
  }
  return locateFunction(address, cwd);
}

async function readParams(text: string, terminal: Terminal): Promise<Record<string, unknown>> {
  const isFile = text === "-" || text.startsWith("@");
  return parseParams(isFile ? await readText(text.replace("@", ""), terminal, "--params") : text);
}

/** Why a file cannot be read, for people. */
const WHY: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "you may not",
};

/** A file that a flag names, or `-` for standard input; that it cannot be read is the user's error. */
export async function readText(path: string, terminal: Terminal, flag: string): Promise<string> {
  try {
    if (path === "-") return await terminal.readStdin();
    return readFileSync(resolve(terminal.cwd, path), "utf8");
  } catch (cause) {
    const why = WHY[(cause as NodeJS.ErrnoException).code ?? ""] ?? (cause as Error).message;
    const name = path === "-" ? "standard input" : path;
    throw new GigqError("usage", `${flag}: ${name} cannot be read: ${why}`, {
      hint: `Paths are relative to where you stand (${terminal.cwd})`,
      cause,
    });
  }
}

/** Parents may be named by number; they are kept by id. */
export async function idsOf(refs: readonly JobRef[], queue: JobQueue): Promise<string[]> {
  const jobs = await queue.getStatuses(refs);
  return jobs.map((job, index) => {
    if (job.exists) return job.id;
    const ref = refs[index]!;
    const name = typeof ref === "number" ? `#${ref}` : ref;
    throw new GigqError("unknown-parent", `there is no job ${name} to depend on`, {
      hint: "gigq list shows the jobs there are",
    });
  });
}
