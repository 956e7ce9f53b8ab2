import type { Outcome, StopReason } from "../job/outcome.js";
import type { Attempt, ExecutorEvents, ExecutorOptions } from "./executor.js";
import { monotonicMs, NO_LIMIT } from "./mark.js";
import type { Report } from "./messages.js";
import type { Runner, StartRunner } from "./runner.js";

/** What waits behind an attempt that takes longer than this is taken back for others to run. */
const FALLS_BEHIND_MS = 50;

/** An idle child that was asked to exit has this long. */
const EXIT_MS = 2_000;

/** So many children in a row may die before they begin anything; then the attempt has failed. */
const DEATHS_BEFORE_BEGIN = 3;

interface Entry {
  readonly n: number;
  readonly attempt: Attempt;
  /** Reported as released already; the child has yet to skip it. */
  takenBack: boolean;
}

interface Stopping {
  readonly entry: Entry;
  readonly reason: StopReason;
  timer: NodeJS.Timeout;
}

/** One child and the attempts it holds, the running one first. */
export class Slot {
  readonly #options: ExecutorOptions;
  readonly #events: ExecutorEvents;
  readonly #start: StartRunner;
  #runner: Runner | undefined;
  #entries: Entry[] = [];
  #lastN = 0;
  #stopping: Stopping | undefined;
  /** The last attempt that the child may begin. */
  #limit = NO_LIMIT;
  #deathsBeforeBegin = 0;
  #ready = false;
  #gone: Promise<void> | undefined;
  #onGone: () => void = () => {};

  constructor(options: ExecutorOptions, events: ExecutorEvents, start: StartRunner) {
    this.#options = options;
    this.#events = events;
    this.#start = start;
  }

  /** How many attempts are here, begun or not. */
  get held(): number {
    return this.#entries.length;
  }

  /** It has a child, ready or not. */
  get started(): boolean {
    return this.#runner !== undefined;
  }

  /** Its child is not ready yet. */
  get booting(): boolean {
    return this.#runner !== undefined && !this.#ready;
  }

  /** True until the child has passed over what was taken back. */
  get #recalling(): boolean {
    return this.#limit !== NO_LIMIT;
  }

  /** False while it is being stopped, or falls behind. */
  get accepts(): boolean {
    return this.#stopping === undefined && !this.#recalling;
  }

  dispatch(attempts: readonly Attempt[]): void {
    const idle = this.#entries.length === 0;
    const added = attempts.map((attempt) => ({ n: ++this.#lastN, attempt, takenBack: false }));
    this.#entries.push(...added);
    try {
      this.#runner ??= this.#startRunner();
    } catch (error) {
      this.#lose(`the job's process could not be started: ${(error as Error).message}`);
      return;
    }
    if (idle && this.#ready) this.#headBegins();
    const assignments = added.map(({ n, attempt }) => ({
      n,
      function: attempt.function,
      params: attempt.params,
      jobId: attempt.jobId,
      attempt: attempt.attempt,
      parentResults: attempt.parentResults,
      passParentResults: attempt.passParentResults,
    }));
    this.#runner.send({ type: "run", assignments });
  }

  holds(attempt: Attempt): boolean {
    return this.#entries.some((entry) => entry.attempt === attempt);
  }

  stop(attempt: Attempt, reason: StopReason): void {
    const head = this.#entries[0];
    if (head?.attempt === attempt && !head.takenBack) this.#stopHead(head, reason);
    else this.#takeBack(head?.n ?? 0);
  }

  /** Takes back everything that has not begun, the head too if it has not. */
  recall(): void {
    if (this.#runner !== undefined) this.#takeBack(this.#runner.mark.begun().n);
  }

  /**
   * Stops a head that has run too long, and takes back what waits behind a slow one. Answers in
   * how many milliseconds to look again; `undefined` when there is nothing to look after.
   */
  check(): number | undefined {
    if (this.#entries.length > 1) this.#readKept();
    const head = this.#entries[0];
    if (head === undefined || this.#runner === undefined || this.#stopping) return undefined;
    const begun = this.#runner.mark.begun();
    const ranMs = begun.n < head.n ? 0 : monotonicMs() - begun.atMs;
    const { timeoutMs } = head.attempt;
    if (timeoutMs !== null && ranMs >= timeoutMs) {
      this.#stopHead(head, "timeout");
      return undefined;
    }
    const waiting = this.#entries.length > 1 && !this.#recalling;
    if (waiting && ranMs >= FALLS_BEHIND_MS) this.#takeBack(head.n);
    const untilTimeout = timeoutMs === null ? Number.POSITIVE_INFINITY : timeoutMs - ranMs;
    const next = waiting ? Math.min(FALLS_BEHIND_MS, untilTimeout) : untilTimeout;
    return Number.isFinite(next) ? next : undefined;
  }

  /** Ends the child; resolves when it is gone. */
  async close(): Promise<void> {
    const runner = this.#runner;
    if (runner === undefined) return;
    if (this.#entries.length > 0) runner.destroy();
    else runner.send({ type: "exit" });
    const impatience = setTimeout(() => runner.destroy(), EXIT_MS);
    await this.#gone;
    clearTimeout(impatience);
  }

  #startRunner(): Runner {
    this.#ready = false;
    this.#gone = new Promise((resolve) => {
      this.#onGone = resolve;
    });
    return this.#start(this.#options.root, {
      report: (report) => this.#reported(report),
      output: (stream, text) => this.#events.output(stream, text),
      gone: (how) => this.#lose(how),
    });
  }

  #reported(report: Report): void {
    if (report.type === "ready") {
      this.#ready = true;
      if (this.#entries.length > 0) this.#headBegins();
      this.#events.roomier();
      return;
    }
    const head = this.#entries[0];
    // Reports that were kept beside the mark may come a second time.
    if (head === undefined || head.n !== report.n) return;
    this.#deathsBeforeBegin = 0;
    if (this.#stopping?.entry === head) {
      // It has cleaned up in time. What it started goes too, and then the outcome is told.
      this.#runner?.destroy();
      return;
    }
    this.#entries.shift();
    if (report.type === "ended") this.#events.ended(head.attempt, report.outcome, report.ms);
    else if (!head.takenBack) this.#events.ended(head.attempt, { type: "released" }, 0);
    if (this.#entries.length > 0) this.#headBegins();
    else if (this.#recalling) {
      this.#limit = NO_LIMIT;
      this.#runner?.mark.limit(NO_LIMIT);
      this.#events.roomier();
    }
  }

  /** A child that blocks, or died, may have left reports that it did not send. */
  #readKept(): void {
    for (const report of this.#runner?.kept() ?? []) this.#reported(report);
  }

  #headBegins(): void {
    const head = this.#entries[0]!;
    if (!head.takenBack) this.#events.begun(head.attempt);
  }

  /** Until the child has skipped all that was taken back, the limit only ever goes down. */
  #takeBack(after: number): void {
    const runner = this.#runner;
    if (runner === undefined || !this.#entries.some((entry) => entry.n > after)) return;
    this.#limit = Math.min(this.#limit, after);
    runner.mark.limit(this.#limit);
    const maybeBegun = Math.max(this.#limit, runner.mark.begun().n);
    for (const entry of this.#entries) {
      if (entry.n <= maybeBegun || entry.takenBack) continue;
      entry.takenBack = true;
      this.#events.ended(entry.attempt, { type: "released" }, 0);
    }
  }

  /** Abort signal, then SIGTERM, then SIGKILL. The first reason wins. */
  #stopHead(head: Entry, reason: StopReason): void {
    if (this.#stopping !== undefined || this.#runner === undefined) return;
    const runner = this.#runner;
    const { abortMs, termMs } = this.#options.graces;
    const stopping: Stopping = {
      entry: head,
      reason,
      timer: setTimeout(() => {
        runner.terminate();
        stopping.timer = setTimeout(() => runner.destroy(), termMs);
      }, abortMs),
    };
    this.#stopping = stopping;
    this.#takeBack(head.n);
    runner.send({ type: "abort", reason });
  }

  /** The child is gone, or never came. Its mark says what it had begun. */
  #lose(how: string): void {
    this.#readKept();
    const [head, ...behind] = this.#entries;
    const stopping = this.#stopping;
    clearTimeout(stopping?.timer);
    const begun = this.#runner?.mark.begun() ?? { n: 0, atMs: 0 };
    this.#runner = undefined;
    this.#entries = [];
    this.#stopping = undefined;
    this.#limit = NO_LIMIT;

    if (head !== undefined && !head.takenBack) {
      const hadBegun = begun.n >= head.n;
      const outcome = stopping ? { type: stopping.reason } : this.#deathOf(hadBegun, how);
      this.#events.ended(head.attempt, outcome, hadBegun ? monotonicMs() - begun.atMs : 0);
    }
    for (const { attempt, takenBack } of behind) {
      if (!takenBack) this.#events.ended(attempt, { type: "released" }, 0);
    }
    this.#onGone();
  }

  /** An attempt that had not begun is given back, unless its children die again and again. */
  #deathOf(hadBegun: boolean, how: string): Outcome {
    if (!hadBegun) this.#deathsBeforeBegin += 1;
    const givesUp = this.#deathsBeforeBegin >= DEATHS_BEFORE_BEGIN;
    return hadBegun || givesUp ? { type: "failed", error: how } : { type: "released" };
  }
}
