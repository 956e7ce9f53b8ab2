import type { StopReason } from "../job/outcome.js";
import { Deaths } from "./deaths.js";
import type { Entry } from "./entry.js";
import { escalate } from "./escalation.js";
import type { Attempt, ExecutorEvents, ExecutorOptions } from "./executor.js";
import { FALLS_BEHIND_MS } from "./falls-behind.js";
import { Mark, monotonicMs, NO_LIMIT } from "./mark.js";
import { type Report, toAssignment } from "./messages.js";
import { passOnSaid } from "./pass-on-told.js";
import { markPath } from "./remains.js";
import type { Runner, StartRunner } from "./runner.js";
import { isShortage } from "./shortage.js";
import { Stay } from "./stay.js";

/** A child that is there, and has not begun its next attempt after this time, is stuck. */
const BEGINS_WITHIN_MS = 5_000;

/** One child and the attempts it holds, the running one first. */
export class Slot {
  readonly #options: ExecutorOptions;
  readonly #events: ExecutorEvents;
  readonly #start: StartRunner;
  readonly #index: number;
  readonly #stay: Stay;
  readonly #deaths = new Deaths();
  /** One for all its children, one after the other. */
  #mark: Mark | undefined;
  #runner: Runner | undefined;
  #entries: Entry[] = [];
  #stopping: { readonly entry: Entry; readonly callOff: () => void } | undefined;
  /** The last attempt that the child may begin. */
  #limit = NO_LIMIT;
  #ready = false;
  /** Since when the child could have begun the head. */
  #headSinceMs = 0;
  #gone: Promise<void> | undefined;
  #onGone: () => void = () => {};

  constructor(index: number, options: ExecutorOptions, events: ExecutorEvents, start: StartRunner) {
    this.#index = index;
    this.#options = options;
    this.#stay = new Stay(options);
    this.#events = events;
    this.#start = start;
  }

  /** How many attempts are here, begun or not. */
  get held(): number {
    return this.#entries.length;
  }

  get started(): boolean {
    return this.#runner !== undefined;
  }

  get booting(): boolean {
    return this.#runner !== undefined && !this.#ready;
  }

  /** True until the child has passed over what was taken back. */
  get #recalling(): boolean {
    return this.#limit !== NO_LIMIT;
  }

  /** How many attempts it may hold; 0 while it is being stopped, falls behind, or is about to exit. */
  get most(): number {
    const stops = this.#stopping !== undefined || this.#recalling || this.#stay.isEnding;
    return stops || this.#deaths.isResting ? 0 : this.#stay.room;
  }

  memory(): number | undefined {
    return this.#runner?.memory();
  }

  dispatch(attempts: readonly Attempt[]): void {
    const idle = this.#entries.length === 0;
    const added = attempts.map((attempt) => ({ n: attempt.turn, attempt, takenBack: false }));
    this.#entries.push(...added);
    try {
      this.#runner ??= this.#startRunner();
    } catch (error) {
      const { message } = error as Error;
      this.#lose(`the job's process could not be started: ${message}`, isShortage(error));
      return;
    }
    if (idle && this.#ready && !this.#stay.isEnding) this.#headBegins();
    this.#runner.send({ type: "run", assignments: added.map(toAssignment) });
  }

  holds(attempt: Attempt): boolean {
    return this.#entries.some((entry) => entry.attempt === attempt);
  }

  stop(attempt: Attempt, reason: StopReason): void {
    const entry = this.#entries.find((held) => held.attempt === attempt);
    if (entry === undefined || entry.takenBack) return;
    const isHead = entry === this.#entries[0];
    // Of that, `begun` was told: it ends as stopped even if the child can still be kept from it.
    if (isHead && this.#ready) entry.stopAs ??= reason;
    this.#takeBack(entry.n - 1);
    if (entry.takenBack) return;
    entry.stopAs ??= reason;
    // One that has begun and is not the head will be: the reports before it are on their way.
    if (isHead) this.#stopHead(entry);
  }

  /** Takes back everything that has not begun, the head too if it has not. */
  recall(): void {
    if (this.#runner !== undefined) this.#takeBack(this.#runner.mark.begun().n);
  }

  /** Kills the child for what its head does; nothing, when the head has ended meanwhile. */
  fail(error: string): void {
    const [head] = this.#entries;
    if (head === undefined || this.#runner?.mark.begun().n !== head.n) return;
    this.#takeBack(head.n);
    // It may have gone on before it was told not to.
    if (this.#runner.mark.begun().n !== head.n) return;
    head.failAs ??= error;
    this.#runner.destroy();
    this.#stay.leaves(this.#runner);
  }

  /** In how many milliseconds to `check`, after attempts were added. */
  get patienceMs(): number {
    if (this.#entries.length > 1) return FALLS_BEHIND_MS;
    return Math.min(BEGINS_WITHIN_MS, this.#entries[0]?.attempt.timeoutMs ?? BEGINS_WITHIN_MS);
  }

  /**
   * Stops a head that has run too long, takes back what waits behind a slow one, ends a child that
   * does not begin, and asks one to leave that has long been idle. Answers in how many milliseconds
   * to look again; `undefined` when there is nothing to look after.
   */
  check(): number | undefined {
    if (this.#entries.length > 1) this.#readKept();
    if (this.#runner === undefined || this.#stay.isEnding) return undefined;
    if (this.#entries.length === 0) return this.#stay.checkIdle(this.#runner);
    // When it ends, nobody looks: a child that idles from then on is found by the next look.
    return Math.min(this.#checkHead() ?? Number.POSITIVE_INFINITY, this.#options.idleMs);
  }

  #checkHead(): number | undefined {
    const head = this.#entries[0];
    if (head === undefined || this.#runner === undefined || this.#stopping) return undefined;
    const begun = this.#runner.mark.begun();
    // Then the head has ended, and its report is on its way.
    if (begun.n > head.n) return FALLS_BEHIND_MS;
    if (begun.n < head.n) return this.#checkUnbegun();
    const ranMs = monotonicMs() - begun.atMs;
    const { timeoutMs } = head.attempt;
    if (timeoutMs !== null && ranMs >= timeoutMs) {
      head.stopAs ??= "timeout";
      this.#stopHead(head);
      return undefined;
    }
    const waiting = this.#entries.length > 1 && !this.#recalling;
    if (waiting && ranMs >= FALLS_BEHIND_MS) this.#takeBack(head.n);
    const untilTimeout = timeoutMs === null ? Number.POSITIVE_INFINITY : timeoutMs - ranMs;
    const next = waiting ? Math.min(FALLS_BEHIND_MS, untilTimeout) : untilTimeout;
    return Number.isFinite(next) ? next : undefined;
  }

  /** Something that an earlier attempt has left may block the child for good. */
  #checkUnbegun(): number | undefined {
    const waitedMs = this.#ready ? monotonicMs() - this.#headSinceMs : 0;
    if (waitedMs < BEGINS_WITHIN_MS) return Math.min(this.patienceMs, BEGINS_WITHIN_MS - waitedMs);
    this.#runner?.destroy();
    return undefined;
  }

  /** Ends the child; resolves when it is gone. What still runs in it is released. */
  async close(): Promise<void> {
    const runner = this.#runner;
    if (runner !== undefined) {
      for (const entry of this.#entries) entry.stopAs ??= "released";
      if (this.#entries.length > 0) runner.destroy();
      else runner.send({ type: "exit" });
      this.#stay.leaves(runner);
      await this.#gone;
    }
    this.#deaths.close();
    this.#mark?.close();
    this.#mark = undefined;
  }

  #startRunner(): Runner {
    this.#mark ??= Mark.create(markPath(this.#options.traces, this.#index));
    this.#mark.limit(NO_LIMIT);
    this.#ready = false;
    this.#gone = new Promise((resolve) => {
      this.#onGone = resolve;
    });
    const seat = { options: this.#options, slot: this.#index, mark: this.#mark };
    return this.#start(seat, {
      report: (report) => this.#reported(report),
      ...passOnSaid(this.#events, (n) => this.#entries.find((entry) => entry.n === n)?.attempt),
      gone: (how, refused) => this.#lose(how, refused),
    });
  }

  #reported(report: Report): void {
    if (report.type === "ready") {
      this.#ready = true;
      this.#nextBegins();
      this.#events.roomier();
      return;
    }
    const head = this.#entries[0];
    // Reports that were kept beside the mark may come a second time.
    if (head === undefined || head.n !== report.n) return;
    this.#deaths.reset();
    if (this.#stopping?.entry === head) {
      // It has cleaned up in time. What it started goes too, and then the outcome is told.
      this.#runner?.destroy();
      return;
    }
    this.#entries.shift();
    if (report.type === "ended") {
      this.#stay.served();
      if (report.last && this.#runner !== undefined) this.#stay.leaves(this.#runner);
      this.#events.ended(head.attempt, report.outcome, report.ms);
    } else if (!head.takenBack) this.#events.ended(head.attempt, { type: "released" }, 0);
    this.#nextBegins();
    if (this.#entries.length === 0 && this.#recalling) {
      this.#limit = NO_LIMIT;
      this.#runner?.mark.limit(NO_LIMIT);
      this.#events.roomier();
    }
  }

  /** A child that blocks, or died, may have left reports that it did not send. */
  #readKept(): void {
    for (const report of this.#runner?.kept() ?? []) this.#reported(report);
  }

  #nextBegins(): void {
    if (this.#entries.length === 0) this.#stay.idles();
    else if (!this.#stay.isEnding) this.#headBegins();
  }

  #headBegins(): void {
    const head = this.#entries[0]!;
    this.#headSinceMs = monotonicMs();
    if (head.takenBack) return;
    this.#events.begun(head.attempt);
    if (head.stopAs !== undefined) this.#stopHead(head);
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
      this.#events.ended(entry.attempt, { type: entry.stopAs ?? "released" }, 0);
    }
  }

  /** Abort signal, then SIGTERM, then SIGKILL; unless it has ended already, and will say so. */
  #stopHead(head: Entry): void {
    const runner = this.#runner;
    if (this.#stopping !== undefined || runner === undefined) return;
    if (runner.mark.begun().n > head.n) return;
    this.#takeBack(head.n);
    const callOff = escalate(runner, head.stopAs!, this.#options.graces);
    this.#stopping = { entry: head, callOff };
  }

  /** The child is gone, or never came. Its mark says what it had begun. */
  #lose(how: string, refused = false): void {
    this.#readKept();
    const [head, ...behind] = this.#entries;
    this.#stopping?.callOff();
    const begun = this.#runner?.mark.begun() ?? { n: 0, atMs: 0 };
    this.#runner = undefined;
    this.#entries = [];
    this.#stopping = undefined;
    this.#limit = NO_LIMIT;
    if (head !== undefined && !head.takenBack) {
      const hadBegun = begun.n >= head.n;
      const wasLeaving = this.#stay.isEnding;
      const outcome = this.#deaths.outcome(head, { hadBegun, wasLeaving, refused, how });
      this.#events.ended(head.attempt, outcome, hadBegun ? monotonicMs() - begun.atMs : 0);
    }
    for (const { attempt, takenBack } of behind) {
      if (!takenBack) this.#events.ended(attempt, { type: "released" }, 0);
    }
    this.#stay.over();
    this.#onGone();
    if (refused) this.#deaths.rest(() => this.#events.roomier());
    if (refused) this.#events.refused(how);
    this.#events.roomier();
  }
}
