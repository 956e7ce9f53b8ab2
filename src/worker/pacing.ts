/** A slot is sent about this much work ahead, so that it need not wait for the next commit. */
const AHEAD_MS = 20;

/** Attempts that are shorter than this cost less than what is done around them. */
const TINY_MS = 0.25;

/** A slot never holds more attempts than this. */
const DEEPEST = 256;

/** How much one more attempt weighs in the average, if it is longer, or shorter. */
const WEIGHT_LONGER = 0.1;
const WEIGHT_SHORTER = 0.4;

/**
 * Decides how many attempts a slot may hold. Short ones are sent ahead in batches; as soon as one
 * takes long, nothing waits behind another. The average is an exponential one over durations; it
 * falls faster than it rises, for the first attempt in a child also loads the module.
 */
export class Pacing {
  #averageMs = Number.NaN;

  ended(ms: number): void {
    if (Number.isNaN(this.#averageMs)) {
      this.#averageMs = ms;
    } else {
      const weight = ms > this.#averageMs ? WEIGHT_LONGER : WEIGHT_SHORTER;
      this.#averageMs += weight * (ms - this.#averageMs);
    }
  }

  /** An attempt was overtaken by its time: hold back until jobs prove short again. */
  fellBehind(): void {
    this.#averageMs = Math.max(this.#averageMs || 0, AHEAD_MS);
  }

  /** False while jobs are so short that more processes would only be in each other's way. */
  get worthMoreChildren(): boolean {
    return !(this.#averageMs < TINY_MS);
  }

  get depth(): number {
    if (Number.isNaN(this.#averageMs)) return 1;
    const depth = Math.floor(AHEAD_MS / Math.max(this.#averageMs, 0.001));
    return Math.min(DEEPEST, Math.max(1, depth));
  }
}
