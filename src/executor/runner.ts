import type { StandardStream } from "./attribution.js";
import type { Told } from "./child/telling.js";
import type { ExecutorOptions } from "./executor.js";
import type { Mark } from "./mark.js";
import type { Command, Report } from "./messages.js";

/** A child that is there: a process or a thread, seen from the worker. */
export interface Runner {
  readonly mark: Mark;
  send(command: Command): void;
  /** Reports that have not arrived by themselves yet; those that have may be among them. */
  kept(): Report[];
  /** Bytes that it holds, with what it has started; `undefined` where that cannot be told. */
  memory(): number | undefined;
  /** Asks it to end: SIGTERM to its process group. */
  terminate(): void;
  /** Ends it, with everything it started: SIGKILL to its process group. */
  destroy(): void;
}

export interface RunnerEvents {
  report(report: Exclude<Report, Told>): void;
  /** Written by attempt `n`, before it is reported as ended. There may be no such attempt here. */
  output(stream: StandardStream, bytes: Buffer, n: number): void;
  /** Told by attempt `n`. */
  told(told: Told, n: number): void;
  /**
   * It is gone, all its reports have been passed on, and `how` says what it died of. `refused`: it
   * never came, for want of processes, files or memory.
   */
  gone(how: string, refused?: boolean): void;
}

/** Where a child is put: what is there before it comes, and after it has gone. */
export interface Seat {
  readonly options: ExecutorOptions;
  /** The number of its slot. */
  readonly slot: number;
  readonly mark: Mark;
}

/** Throws when the system refuses, for want of processes or files. */
export type StartRunner = (seat: Seat, events: RunnerEvents) => Runner;
