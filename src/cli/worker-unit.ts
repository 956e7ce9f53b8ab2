import { resolve } from "node:path";
import type { WorkerFlags } from "./commands/worker.js";
import { usage } from "./options.js";
import { renderUnit } from "./render/unit.js";
import type { Shell } from "./shell.js";

/** How long running jobs may finish unless told otherwise. */
const SHUTDOWN_S = 30;

/** What a worker needs beyond that: to abort, to terminate and to kill, and for its last commit. */
const STOP_MARGIN_S = 15;

/** Flags that make a call another one than that of a service. */
type NotOfAService = "printUnit" | "once" | "drain";

type Words = {
  readonly [K in Exclude<keyof WorkerFlags, NotOfAService>]-?: (
    value: NonNullable<WorkerFlags[K]>,
    shell: Shell,
  ) => readonly string[];
};

/** Each flag in words that mean the same wherever they are read. */
const WORDS: Words = {
  processes: (value) => ["--processes", String(value)],
  concurrency: (value) => ["--concurrency", String(value)],
  isolation: (value) => ["--isolation", value],
  pollingInterval: (value) => ["--polling-interval", seconds(value)],
  workerId: (value) => ["--worker-id", value],
  root: (value, { terminal }) => ["--root", resolve(terminal.cwd, value)],
  shutdownTimeout: (value) => ["--shutdown-timeout", seconds(value)],
  keep: (value) => ["--keep", seconds(value)],
  force: () => ["--force"],
  idleTimeout: (value) => ["--idle-timeout", seconds(value)],
  maxJobsPerChild: (value) => ["--max-jobs-per-child", String(value)],
  maxRss: (value) => ["--max-rss", String(value)],
  logLimit: (value) => ["--log-limit", String(value)],
  minPriority: (value) => ["--min-priority", String(value)],
  name: (value) => value.flatMap((name) => ["--name", name]),
  logFormat: (value) => ["--log-format", value],
  debug: () => ["--debug"],
};

/** A systemd unit that calls the worker as it is called now. Throws `usage` where there is none. */
export function workerUnit(shell: Shell, flags: WorkerFlags): string {
  const endsByItself = flags.once ? "--once" : flags.drain ? "--drain" : undefined;
  if (endsByItself !== undefined) {
    throw usage(
      `--print-unit and ${endsByItself} cannot be given together`,
      "systemd would start it again and again; leave one of them out",
    );
  }
  const { terminal } = shell;
  const command = [...terminal.program, "worker", ...workerWords(shell, flags)];
  for (const text of [...command, terminal.cwd, shell.path]) refuseControls(text);
  return renderUnit({
    command,
    user: terminal.userName(),
    folder: terminal.cwd,
    database: shell.path,
    stopSeconds: Math.ceil((flags.shutdownTimeout ?? SHUTDOWN_S) + STOP_MARGIN_S),
  });
}

/** The flags of a call in words that mean the same for another one. */
export function workerWords(shell: Shell, flags: Omit<WorkerFlags, NotOfAService>): string[] {
  const given: WorkerFlags = {
    ...(shell.json ? { logFormat: "json" } : {}),
    // Whether it was said here or in the environment, which a service does not see.
    ...(shell.force ? { force: true } : {}),
    ...flags,
  };
  return Object.entries(WORDS).flatMap(([name, words]) => {
    const value = given[name as keyof Words];
    return value === undefined ? [] : (words as (...args: unknown[]) => string[])(value, shell);
  });
}

/** As a command line reads it: never in the form of 1e-7. */
function seconds(value: number): string {
  return `${Number(value.toFixed(3))}s`;
}

function refuseControls(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are refused.
  if (!/[\x00-\x1f\x7f]/.test(text)) return;
  throw usage(
    `${JSON.stringify(text)} cannot stand in a systemd unit`,
    "Use a path without line breaks and other control characters",
  );
}
