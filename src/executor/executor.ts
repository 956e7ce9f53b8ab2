import type { Isolation } from "../job/isolation.js";
import type { ParentResult } from "../job/job.js";
import type { Outcome, StopReason } from "../job/outcome.js";
import type { Progress } from "../job/progress.js";
import type { StandardStream } from "./attribution.js";

/** One run of a function, as an executor needs to know it. */
export interface Attempt {
  /** Grows with each attempt that is dispatched. */
  readonly turn: number;
  readonly function: string;
  /** JSON of an object. */
  readonly params: string;
  readonly jobId: string;
  readonly attempt: number;
  /** Counted from when the function begins; `null` for no limit. */
  readonly timeoutMs: number | null;
  readonly parentResults: readonly ParentResult[] | null;
  readonly passParentResults: boolean | null;
}

/**
 * Runs attempts in a fixed number of slots, one at a time in each. Never rejects and never throws:
 * whatever happens to an attempt is an outcome, and each attempt has exactly one.
 */
export interface Executor {
  readonly isolation: Isolation;
  /**
   * The slots that can be given attempts now, one entry for each attempt, the emptiest slots first;
   * none is filled beyond `depth`. `startMore` allows to start children for it beyond one a core.
   */
  room(depth: number, startMore: boolean): number[];
  /** Adds attempts to a slot, to be run in this order. */
  dispatch(slot: number, attempts: readonly Attempt[]): void;
  /**
   * Stops an attempt that has begun, by all means there are, so that it ends as `reason` says.
   * Takes back one that has not; it ends as released.
   */
  stop(attempt: Attempt, reason: StopReason): void;
  /** Takes back everything that has not begun; it ends as released. */
  recall(): void;
  /** Ends idle children and lets go of everything. What still runs is killed first. */
  close(): Promise<void>;
}

/** What an executor leaves for others, who are to find and end what runs when its worker has died. */
export interface Traces {
  /** Unique to the worker; its children carry it in their environment. */
  readonly tag: string;
  /** Where it is noted what has begun. */
  readonly folder: string;
  /** Held open by every child process. */
  readonly fd: number;
}

/** What an executor says while attempts run. */
export interface ExecutorEvents {
  /** The attempt is at the head of its slot. */
  begun(attempt: Attempt): void;
  /** The last word about an attempt: nothing of it runs any more. `ms` is how long it ran. */
  ended(attempt: Attempt, outcome: Outcome, ms: number): void;
  /** There may be more room than before, although nothing has ended. */
  roomier(): void;
  /** The system refused a child; what it was for has ended as released, and another is tried later. */
  refused(why: string): void;
  /**
   * An attempt has written something, or kept a line with `context.log`; it has not been told as
   * ended. `undefined` when the attempt that wrote it is over, or nobody knows which it was.
   */
  output(stream: StandardStream | "log", bytes: Buffer, attempt: Attempt | undefined): void;
  /** The attempt has told how far it is. */
  progress(attempt: Attempt, progress: Progress): void;
}

/** How long each way of stopping is given before the next, harder one. */
export interface Graces {
  /** From the abort signal to SIGTERM. */
  readonly abortMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly termMs: number;
}

export const DEFAULT_GRACES: Graces = { abortMs: 1_000, termMs: 2_000 };

/** What a child must know of its limits; it goes to child processes as JSON. */
export interface ChildRules {
  /** Refuses modules from outside of the root. */
  readonly confined?: boolean | undefined;
  /** The child leaves after so many attempts. */
  readonly maxJobsPerChild?: number | undefined;
  /**
   * Bytes. An attempt whose process, with its descendants, grows past it is killed, and has failed;
   * a child past half of it leaves before it begins another. Only for processes.
   */
  readonly maxRss?: number | undefined;
}

export interface ExecutorOptions extends ChildRules {
  readonly slots: number;
  /** The folder in which children run, and from which packages are looked up. */
  readonly root: string;
  readonly graces: Graces;
  /** Left out, nobody will find what is left when the worker dies. */
  readonly traces?: Traces;
  /** A child that has had nothing to do for so long leaves. */
  readonly idleMs: number;
}

/** Makes the executor of that isolation, and loads only what it needs. */
export async function createExecutor(
  isolation: Isolation,
  options: ExecutorOptions,
  events: ExecutorEvents,
): Promise<Executor> {
  if (isolation === "inline") {
    const { InlineExecutor } = await import("./inline.js");
    return InlineExecutor.open(options, events);
  }
  const { Pool } = await import("./pool.js");
  if (isolation === "thread") {
    const { startThread } = await import("./thread.js");
    return new Pool(isolation, options, events, startThread);
  }
  const { childProcesses } = await import("./child-process.js");
  return new Pool(isolation, options, events, childProcesses(options));
}
