import type { Isolation } from "../job/isolation.js";
import { markLoadFailure } from "../job/load-failure.js";
import type { Outcome, StopReason } from "../job/outcome.js";
import { Abort } from "./child/abort.js";
import { callFunction } from "./child/call-function.js";
import { describeError } from "./child/describe-error.js";
import { type LoadedFunction, loadFunction } from "./child/load-function.js";
import { Deadline } from "./deadline.js";
import type { Attempt, Executor, ExecutorEvents, ExecutorOptions } from "./executor.js";
import { FALLS_BEHIND_MS } from "./falls-behind.js";
import { fillEvenly } from "./fill-evenly.js";
import { InlineOutput } from "./inline-output.js";
import { Mark } from "./mark.js";
import { passOnTold } from "./pass-on-told.js";
import { markPath } from "./remains.js";

interface Running {
  readonly attempt: Attempt;
  readonly abort: Abort;
  readonly startedMs: number;
  reason?: StopReason;
  /** Reported already, though the function has not returned. */
  forsaken?: boolean;
}

class InlineSlot {
  /** For others to see what had begun, should this process die. */
  readonly mark: Mark;
  readonly waiting: Attempt[] = [];
  running: Running | undefined;

  constructor(mark: Mark) {
    this.mark = mark;
  }

  get held(): number {
    return this.waiting.length + (this.running === undefined ? 0 : 1);
  }
}

/**
 * Runs functions in the worker's own event loop. It cannot kill: a timeout fires the abort signal,
 * and the attempt has ended only when the function has. A function that blocks, blocks the worker.
 */
export class InlineExecutor implements Executor {
  readonly isolation: Isolation = "inline";
  readonly #root: string;
  readonly #confined: boolean;
  readonly #events: ExecutorEvents;
  readonly #slots: readonly InlineSlot[];
  readonly #output: InlineOutput;
  readonly #deadline = new Deadline(() => this.#look());

  static async open(options: ExecutorOptions, events: ExecutorEvents): Promise<InlineExecutor> {
    const output = await InlineOutput.open(options.slots, (stream, bytes, attempt) =>
      events.output(stream, bytes, attempt),
    );
    return new InlineExecutor(options, events, output);
  }

  private constructor(options: ExecutorOptions, events: ExecutorEvents, output: InlineOutput) {
    this.#root = options.root;
    this.#output = output;
    this.#confined = options.confined ?? false;
    this.#events = events;
    this.#slots = Array.from(
      { length: options.slots },
      (_, index) => new InlineSlot(Mark.create(markPath(options.traces, index))),
    );
  }

  room(depth: number): number[] {
    return fillEvenly(this.#slots, depth, () => depth);
  }

  dispatch(index: number, attempts: readonly Attempt[]): void {
    const slot = this.#slots[index]!;
    slot.waiting.push(...attempts);
    if (slot.running === undefined) void this.#work(slot);
    const next = this.#look();
    if (next !== undefined) this.#deadline.within(next);
  }

  stop(attempt: Attempt, reason: StopReason): void {
    for (const slot of this.#slots) {
      if (slot.running?.attempt === attempt) this.#abort(slot.running, reason);
      else if (slot.waiting.includes(attempt)) this.#takeBack(slot);
    }
  }

  recall(): void {
    for (const slot of this.#slots) this.#takeBack(slot);
  }

  /** What still runs is released, though only the end of the process will really end it. */
  async close(): Promise<void> {
    this.recall();
    this.#deadline.cancel();
    this.#output.close();
    for (const { mark, running } of this.#slots) {
      mark.close();
      if (running === undefined || running.forsaken) continue;
      this.#abort(running, "released");
      running.forsaken = true;
      this.#events.ended(running.attempt, { type: running.reason ?? "released" }, 0);
    }
  }

  async #work(slot: InlineSlot): Promise<void> {
    for (
      let attempt = slot.waiting.shift();
      attempt !== undefined;
      attempt = slot.waiting.shift()
    ) {
      const running: Running = {
        attempt,
        abort: new Abort(),
        startedMs: performance.now(),
      };
      slot.running = running;
      slot.mark.begin(attempt.turn);
      this.#events.begun(attempt);
      const outcome = await this.#output.run(attempt, () => this.#call(running));
      this.#output.ended();
      slot.running = undefined;
      if (running.forsaken) continue;
      const ms = performance.now() - running.startedMs;
      this.#events.ended(attempt, running.reason ? { type: running.reason } : outcome, ms);
    }
  }

  async #call(running: Running): Promise<Outcome> {
    const { attempt, abort } = running;
    let fn: LoadedFunction;
    try {
      fn = await loadFunction(attempt.function, this.#root, this.#confined);
    } catch (error) {
      const described = markLoadFailure(describeError(error), attempt.function);
      return { type: "failed", error: described };
    }
    // Stopped while its module was loaded: what would not look at its signal need not begin.
    if (running.reason !== undefined) return { type: running.reason };
    return callFunction(fn, attempt, abort, (told) => passOnTold(told, attempt, this.#events));
  }

  #look(): number | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots) {
      if (slot.running === undefined) continue;
      const ranMs = performance.now() - slot.running.startedMs;
      const leftMs = (slot.running.attempt.timeoutMs ?? Number.POSITIVE_INFINITY) - ranMs;
      if (leftMs <= 0) this.#abort(slot.running, "timeout");
      else next = Math.min(next, leftMs);
      if (slot.waiting.length === 0) continue;
      if (ranMs >= FALLS_BEHIND_MS) this.#takeBack(slot);
      else next = Math.min(next, FALLS_BEHIND_MS);
    }
    return Number.isFinite(next) ? next : undefined;
  }

  /** The first reason wins. */
  #abort(running: Running, reason: StopReason): void {
    if (running.reason !== undefined) return;
    running.reason = reason;
    running.abort.abort(reason);
  }

  #takeBack(slot: InlineSlot): void {
    for (const attempt of slot.waiting.splice(0)) {
      this.#events.ended(attempt, { type: "released" }, 0);
    }
  }
}
