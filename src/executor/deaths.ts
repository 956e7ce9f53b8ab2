import type { Outcome, StopReason } from "../job/outcome.js";

/** So many children in a row may die before they begin anything; then the attempt has failed. */
const DEATHS_BEFORE_BEGIN = 3;

/** What is known of a child's end. */
interface Death {
  readonly hadBegun: boolean;
  /** It was about to leave anyway. */
  readonly wasLeaving: boolean;
  /** It never came: the system was short of something. */
  readonly refused: boolean;
  readonly how: string;
}

/** How long to wait before another child is started where the system was short, first and at most. */
const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 30_000;

/** Decides what the death of a child means to the attempt at its head. */
export class Deaths {
  #beforeBegin = 0;
  #restMs = FIRST_REST_MS;
  #rest: NodeJS.Timeout | undefined;

  /** No child is started now. */
  get isResting(): boolean {
    return this.#rest !== undefined;
  }

  /** A child has done something: the series is broken. */
  reset(): void {
    this.#beforeBegin = 0;
    this.#restMs = FIRST_REST_MS;
  }

  /** The system was short of something; each time in a row the rest is twice as long. */
  rest(over: () => void): void {
    this.#rest ??= setTimeout(() => {
      this.#rest = undefined;
      over();
    }, this.#restMs);
    this.#restMs = Math.min(2 * this.#restMs, LONGEST_REST_MS);
  }

  /** Nobody waits any more. */
  close(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
  }

  /** An attempt that had not begun is given back, unless its children die again and again. */
  outcome(head: { stopAs?: StopReason; failAs?: string }, death: Death): Outcome {
    if (head.stopAs !== undefined) return { type: head.stopAs };
    const { hadBegun, wasLeaving, refused, how } = death;
    if (refused) return { type: "released" };
    if (!hadBegun && !wasLeaving) this.#beforeBegin += 1;
    const failed = hadBegun || this.#beforeBegin >= DEATHS_BEFORE_BEGIN;
    return failed ? { type: "failed", error: head.failAs ?? how } : { type: "released" };
  }
}
