import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { type Isolation, Worker, type WorkerEvent } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import {
  parseChoice,
  parseDuration,
  parseList,
  parsePositive,
  parseSize,
  parseWhole,
  usage,
} from "../options.js";
import { ServiceManager } from "../service-manager.js";
import type { Shell } from "../shell.js";
import { Supervised } from "../supervised.js";
import { WorkDone } from "../work-done.js";
import { withEnvironment } from "../worker-environment.js";
import { WorkerLog } from "../worker-log.js";

export interface WorkerFlags {
  processes?: number;
  concurrency?: number;
  isolation?: Isolation;
  pollingInterval?: number;
  workerId?: string;
  once?: boolean;
  drain?: boolean;
  root?: string;
  shutdownTimeout?: number;
  keep?: number;
  force?: boolean;
  idleTimeout?: number;
  maxJobsPerChild?: number;
  maxRss?: number;
  logLimit?: number;
  minPriority?: number;
  name?: string[];
  logFormat?: "human" | "json";
  printUnit?: boolean;
  debug?: boolean;
}

/** The least memory that Node gets by with, in bytes. */
const LEAST_RSS = 64 * 2 ** 20;

/** The longest that a worker can be told to wait for something, in seconds. */
const LONGEST_WAIT = 2_000_000;

export const forcesDatabase: true = true;

export function describe(command: Command): void {
  command
    .option("-c, --concurrency <number>", "how many jobs run at a time (default 1)", (text) =>
      parseWhole(text, 1, 1_000),
    )
    .option("--processes <number>", "keep so many workers alive, see below (default 1)", (text) =>
      parseWhole(text, 1, 256),
    )
    .option("--isolation <kind>", "process, thread or inline (default process)", (text) =>
      parseChoice(text, "isolation", ["process", "thread", "inline"]),
    )
    .option(
      "--polling-interval <duration>",
      "look at least this often (default $GIGQ_POLLING_INTERVAL, else 5s)",
      (text) => parsePositive(text, "", LONGEST_WAIT),
    )
    .option(
      "--worker-id <name>",
      "for logs (default $GIGQ_WORKER_ID, else made from the host's name)",
    )
    .option("--min-priority <number>", "take only jobs of this priority or a higher one", (text) =>
      parseWhole(text, -(2 ** 31)),
    )
    .option(
      "--name <pattern>",
      "take only jobs of this name; * is any text, ? one character; may be repeated",
      parseList,
    )
    .option("--once", "run one job, then stop")
    .option("--drain", "stop when no job that it takes is ready")
    .option(
      "--root <folder>",
      "where packages are found and child processes run (default: here); when given, modules outside are refused",
    )
    .option(
      "--shutdown-timeout <duration>",
      "how long running jobs may finish (default 30s)",
      (text) => parseDuration(text, "s", LONGEST_WAIT),
    )
    .option(
      "--keep <duration>",
      "remove completed and cancelled jobs that ended longer ago (default: keep all)",
      (text) => parsePositive(text),
    )
    .option(
      "--max-rss <size>",
      "fail an attempt whose process grows past it, as in 512M or 1.5G",
      (text) => parseSize(text, LEAST_RSS),
    )
    .option("--max-jobs-per-child <number>", "replace a child after so many attempts", (text) =>
      parseWhole(text, 1),
    )
    .option(
      "--idle-timeout <duration>",
      "end a child that is idle for so long (default 1m)",
      (text) => parsePositive(text, "", LONGEST_WAIT),
    )
    .option(
      "--log-limit <size>",
      "keep so much of what an attempt writes, as in 64K; 0 for nothing (default 1M)",
      (text) => parseSize(text),
    )
    .option("--log-format <format>", "human or json (default human)", (text) =>
      parseChoice(text, "log format", ["human", "json"]),
    )
    .option("--print-unit", "print a systemd unit for this call, and do nothing else")
    .option("--force", "on a network file system too; as GIGQ_FORCE=1")
    .addHelpText(
      "after",
      `
SIGTERM, SIGINT, or SIGHUP from a terminal: nothing more is taken, running jobs may finish; a second
time: now. Started by systemd as Type=notify, it tells how it is.

With --processes 3 --worker-id box, this process starts the workers box.1, box.2 and box.3 (with -c 2,
their slots are box.1-0, box.1-1 and so on), and another one for each that dies. A signal is passed on
to all of them; should this process be killed, they stop by themselves. With --once or --drain it ends
when each of them has.

Example: gigq worker --concurrency 8 --name 'report-*' --name import`,
    );
}

export async function act(shell: Shell, _args: string[], said: WorkerFlags): Promise<number> {
  const flags = withEnvironment(said, shell.terminal.env);
  if (flags.once && flags.drain)
    throw usage("--once and --drain cannot be given together", "Use one of them");
  if (flags.root !== undefined && !isFolder(resolve(shell.terminal.cwd, flags.root))) {
    throw usage(
      `--root: there is no folder ${flags.root}`,
      `Paths are relative to where you stand (${shell.terminal.cwd})`,
    );
  }
  const {
    once,
    drain,
    logFormat,
    concurrency,
    isolation,
    pollingInterval,
    workerId,
    root,
    shutdownTimeout,
    keep,
    idleTimeout,
    maxJobsPerChild,
    maxRss,
    logLimit,
    minPriority,
    name: names,
    processes = 1,
  } = flags;
  const { superior } = shell.terminal;
  const log = new WorkerLog(shell, {
    json: logFormat === "json" || (logFormat === undefined && shell.json),
    isAmongOthers: superior !== undefined,
  });
  const findService = (describe: () => string) =>
    ServiceManager.find(shell.terminal, describe, (text) => log.warn(text));
  const work = new WorkDone();
  const observers: { hear(event: WorkerEvent): void }[] = [log, work];
  const worker = new Worker(shell.path, {
    ...defined({ concurrency, isolation, pollingInterval, workerId, root, shutdownTimeout, keep }),
    ...defined({ idleTimeout, maxJobsPerChild, maxRss, logLimit, minPriority, names }),
    allowNetworkFileSystem: shell.force,
    // A supervisor has seen to that: who is started after a death makes no new queue.
    initialize: superior === undefined,
    ...(once ? { until: "once" } : drain ? { until: "drain" } : {}),
    onEvent: (event) => {
      for (const observer of observers) observer.hear(event);
    },
  });
  if (flags.printUnit) {
    // The options are known to make sense now, and nothing has been opened.
    await worker.close();
    const { workerUnit } = await import("../worker-unit.js");
    shell.terminal.stdout.write(workerUnit(shell, flags));
    return EXIT.ok;
  }
  if (processes > 1) {
    // It has served to check the flags, once for all.
    await worker.close();
    const { Supervisor } = await import("../supervisor.js");
    const post = { workerId: worker.workerId, count: processes };
    return new Supervisor({ shell, flags, log }, post, findService).run();
  }
  const service = findService(() => work.status);
  if (service !== undefined) observers.push(service);
  if (superior !== undefined) observers.push(new Supervised(superior, worker));
  const off = shell.terminal.onInterrupt(() => void worker.stop());
  try {
    await worker.start();
    return EXIT.ok;
  } finally {
    await worker.close();
    await service?.close();
    log.flush();
    off();
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(options: T): Partial<Defined<T>> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<Defined<T>>;
}
