import { resolve } from "node:path";
import { type Clock, systemClock } from "../clock.js";
import { GigqError } from "../errors.js";
import { DEFAULT_GRACES, type Graces } from "../executor/executor.js";
import { ISOLATIONS, type Isolation } from "../job/isolation.js";
import type { JobFilter } from "../job/job-filter.js";
import { checkFilter } from "./check-filter.js";
import { checkLimits } from "./check-limits.js";
import { defaultRoot, makeWorkerId } from "./liveness.js";
import { secondsOf } from "./seconds-of.js";
import type { WorkerEvent } from "./worker-event.js";

/** How a worker works. Times are seconds. */
export interface WorkerOptions {
  /** A name for logs and attempts; made from the host's name unless given. */
  workerId?: string;
  /** How many jobs run at a time; 1 unless given. */
  concurrency?: number;
  /** Seconds between looks when nothing else says that there is work; 5 unless given. */
  pollingInterval?: number;
  /** `process` unless given. */
  isolation?: Isolation;
  /**
   * The folder where packages are looked up and child processes run; the current one unless given.
   * When given, modules from outside of it are not loaded.
   */
  root?: string;
  /** Seconds that running jobs have to finish after `stop()`; 30 unless given. */
  shutdownTimeout?: number;
  /** Seconds from a stopped job's abort signal to SIGTERM; 1 unless given. */
  abortGrace?: number;
  /** Seconds from SIGTERM to SIGKILL; 2 unless given. */
  killGrace?: number;
  /** Seconds after which a child that has nothing to do leaves; 60 unless given. Not for `inline`. */
  idleTimeout?: number;
  /** A child is replaced after so many attempts; never unless given. Not for `inline`. */
  maxJobsPerChild?: number;
  /**
   * Bytes: an attempt whose process, with its descendants, grows past this is killed, and has
   * failed. For processes on Linux only.
   */
  maxRss?: number;
  /** `once`: one job, then stop. `drain`: stop when nothing is ready. Neither unless given. */
  until?: "once" | "drain";
  /**
   * Bytes that are kept of what an attempt writes, half from its start and half from its end; 1 MiB
   * unless given, 0 to keep nothing.
   */
  logLimit?: number;
  /** Works on this job only, by its number. */
  only?: number;
  /** Takes only jobs of this priority or a higher one. */
  minPriority?: number;
  /**
   * Takes only jobs with one of these names, or that match one: `*` stands for any characters, or
   * none, and `?` for any one.
   */
  names?: readonly string[];
  /** Hears what the worker does; must not throw. */
  onEvent?: (event: WorkerEvent) => void;
  /** Removes completed and cancelled jobs that ended longer ago, in seconds; keeps all unless given. */
  keep?: number;
  /** Opens a database on a network file system too, where locks may not hold; false unless given. */
  allowNetworkFileSystem?: boolean;
  /** False refuses to create the database. */
  initialize?: boolean;
  /** Where time comes from; for tests. */
  clock?: Clock;
}

/** The options, checked and complete, in milliseconds. */
export interface WorkerSettings {
  readonly workerId: string;
  readonly concurrency: number;
  readonly pollingMs: number;
  readonly isolation: Isolation;
  readonly root: string;
  readonly shutdownMs: number;
  readonly graces: Graces;
  readonly confined: boolean;
  readonly idleMs: number;
  readonly maxJobsPerChild: number | undefined;
  readonly maxRss: number | undefined;
  readonly until: "once" | "drain" | undefined;
  readonly logLimit: number;
  readonly only: number | undefined;
  readonly filter: JobFilter;
  readonly onEvent: (event: WorkerEvent) => void;
  readonly keepMs: number | undefined;
  readonly allowNetworkFileSystem: boolean;
  readonly initialize: boolean;
  readonly clock: Clock;
}

/** Throws `usage` for options that make no sense. */
export function checkWorker(options: WorkerOptions): WorkerSettings {
  return {
    workerId: nameOf(options.workerId ?? makeWorkerId()),
    concurrency: concurrencyOf(options.concurrency ?? 1),
    pollingMs: secondsOf("pollingInterval", options.pollingInterval ?? 5, 0.001),
    isolation: isolationOf(options.isolation ?? "process"),
    root: resolve(options.root ?? defaultRoot()),
    shutdownMs: secondsOf("shutdownTimeout", options.shutdownTimeout ?? 30, 0),
    graces: {
      abortMs: secondsOf("abortGrace", options.abortGrace ?? DEFAULT_GRACES.abortMs / 1000, 0),
      termMs: secondsOf("killGrace", options.killGrace ?? DEFAULT_GRACES.termMs / 1000, 0),
    },
    confined: options.root !== undefined,
    ...checkLimits(options),
    until: options.until,
    logLimit: logLimitOf(options.logLimit ?? 2 ** 20),
    only: options.only,
    filter: checkFilter(options),
    onEvent: options.onEvent ?? unheard,
    keepMs:
      options.keep === undefined ? undefined : secondsOf("keep", options.keep, 0, LONGEST_KEEP),
    allowNetworkFileSystem: options.allowNetworkFileSystem ?? false,
    initialize: options.initialize ?? true,
    clock: options.clock ?? systemClock,
  };
}

function nameOf(workerId: string): string {
  if (/^[\w.:@-]{1,100}$/.test(workerId)) return workerId;
  throw new GigqError("usage", `"${workerId}" cannot name a worker`, {
    hint: "Use up to 100 letters, digits, and any of . _ - : @",
  });
}

function concurrencyOf(given: number): number {
  if (Number.isInteger(given) && given >= 1 && given <= 1_000) return given;
  throw new GigqError("usage", `concurrency is ${given}`, {
    hint: "Give a whole number from 1 to 1000",
  });
}

function logLimitOf(given: number): number {
  if (given === 0 || (Number.isInteger(given) && given >= 1_024 && given <= 2 ** 30)) return given;
  throw new GigqError("usage", `logLimit is ${given}`, {
    hint: "Give a whole number of bytes from 1024 to 1 GiB, or 0 to keep no logs",
  });
}

/** Listens to no events. */
export function unheard(): void {}

/** Ten years, in seconds. */
const LONGEST_KEEP = 315_360_000;

function isolationOf(given: Isolation): Isolation {
  if (ISOLATIONS.includes(given)) return given;
  throw new GigqError("usage", `there is no isolation "${given}"`, {
    hint: `Choose one of: ${ISOLATIONS.join(", ")}`,
  });
}
