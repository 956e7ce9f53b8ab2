import type { Outcome, StopReason } from "../job/outcome.js";

/** So many children in a row may die before they begin anything; then the attempt has failed. */
const DEATHS_BEFORE_BEGIN = 3;

/** What is known of a child's end. */
interface Death {
  readonly hadBegun: boolean;
  /** It was about to leave anyway. */
  readonly wasLeaving: boolean;
  readonly how: string;
}

/** Decides what the death of a child means to the attempt at its head. */
export class Deaths {
  #beforeBegin = 0;

  /** A child has done something: the series is broken. */
  reset(): void {
    this.#beforeBegin = 0;
  }

  /** An attempt that had not begun is given back, unless its children die again and again. */
  outcome(head: { stopAs?: StopReason; failAs?: string }, death: Death): Outcome {
    if (head.stopAs !== undefined) return { type: head.stopAs };
    const { hadBegun, wasLeaving, how } = death;
    if (!hadBegun && !wasLeaving) this.#beforeBegin += 1;
    const failed = hadBegun || this.#beforeBegin >= DEATHS_BEFORE_BEGIN;
    return failed ? { type: "failed", error: head.failAs ?? how } : { type: "released" };
  }
}
