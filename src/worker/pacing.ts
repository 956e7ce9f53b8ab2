/** A slot is sent about this much work ahead, so that it need not wait for the next commit. */
const AHEAD_MS = 20;

/** A slot never holds more attempts than this. */
const DEEPEST = 64;

/** How much one more attempt weighs in the average. */
const WEIGHT = 0.1;

/**
 * Decides how many attempts a slot may hold. Short ones are sent ahead in batches; as soon as one
 * takes long, nothing waits behind another. The average is an exponential one over durations.
 */
export class Pacing {
  #averageMs = Number.NaN;

  ended(ms: number): void {
    this.#averageMs = Number.isNaN(this.#averageMs)
      ? ms
      : this.#averageMs + WEIGHT * (ms - this.#averageMs);
  }

  /** An attempt was overtaken by its time: hold back until jobs prove short again. */
  fellBehind(): void {
    this.#averageMs = Math.max(this.#averageMs || 0, AHEAD_MS);
  }

  get depth(): number {
    if (Number.isNaN(this.#averageMs)) return 1;
    const depth = Math.floor(AHEAD_MS / Math.max(this.#averageMs, 0.001));
    return Math.min(DEEPEST, Math.max(1, depth));
  }
}
