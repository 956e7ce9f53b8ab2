import type { ChildRules } from "../executor.js";
import { memoryOf } from "../memory.js";

/**
 * Decides after each attempt whether this child has served long enough. The child knows at once,
 * so that nothing is begun in it any more; the worker might learn too late.
 */
export class Tenure {
  readonly #rules: ChildRules;
  /** What the child held when it was ready: that is Node itself, and no job's. */
  readonly #baseRss: number;
  #served = 0;

  /** Make it when the child is ready, before its first attempt. */
  constructor(rules: ChildRules) {
    this.#rules = rules;
    this.#baseRss = rules.maxRss === undefined ? 0 : memoryOf(process.pid);
  }

  /** Call once after each attempt. */
  isOver(): boolean {
    this.#served += 1;
    const { maxJobsPerChild, maxRss } = this.#rules;
    if (maxJobsPerChild !== undefined && this.#served >= maxJobsPerChild) return true;
    if (maxRss === undefined) return false;
    // The next attempt did not fill the memory, and must have room of its own. Half of the limit
    // itself would be no measure: under a small one a new child is past that before it has begun.
    return memoryOf(process.pid) - this.#baseRss > (maxRss - this.#baseRss) / 2;
  }
}
