import type { ChildRules } from "../executor.js";
import { memoryOf } from "../memory.js";

/**
 * Decides after each attempt whether this child has served long enough. The child knows at once,
 * so that nothing is begun in it any more; the worker might learn too late.
 */
export class Tenure {
  readonly #rules: ChildRules;
  #served = 0;

  constructor(rules: ChildRules) {
    this.#rules = rules;
  }

  /** Call once after each attempt. */
  isOver(): boolean {
    this.#served += 1;
    const { maxJobsPerChild, maxRss } = this.#rules;
    if (maxJobsPerChild !== undefined && this.#served >= maxJobsPerChild) return true;
    // The next attempt did not fill the memory, and must have room of its own.
    return maxRss !== undefined && memoryOf(process.pid) > maxRss / 2;
  }
}
