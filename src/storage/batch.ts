/** How long a transaction that is in no hurry may keep others from writing, ms. */
const AIM_MS = 20;

const MOST = 10_000;

/**
 * How much to do in one transaction, so that it holds the database for about 20 ms: learnt from
 * how long the ones before took.
 */
export class Batch {
  #size: number;
  #lastMs = Number.POSITIVE_INFINITY;

  /** `first` should be too small rather than too large. */
  constructor(first: number) {
    this.#size = first;
  }

  get size(): number {
    return Math.round(this.#size);
  }

  /** Of two in a row the shorter counts: now and then one has SQLite's own housekeeping in it. */
  took(heldMs: number): void {
    const ms = Math.min(heldMs, this.#lastMs);
    this.#lastMs = heldMs;
    const change = Math.min(2, Math.max(0.25, AIM_MS / Math.max(ms, 1)));
    this.#size = Math.min(MOST, Math.max(1, this.#size * change));
  }
}
