import { LONGEST_TIMER_MS } from "../clock.js";

/**
 * One timer for many deadlines: it calls `look` soon after the earliest that was asked for.
 * Attempts that end in time cost no timer of their own. `look` answers in how many milliseconds
 * it wants to be called again, or `undefined`.
 */
export class Deadline {
  readonly #look: () => number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due: NodeJS.Immediate | undefined;
  #atMs = Number.POSITIVE_INFINITY;

  constructor(look: () => number | undefined) {
    this.#look = look;
  }

  within(ms: number): void {
    const atMs = performance.now() + ms;
    if (atMs >= this.#atMs) return;
    this.cancel();
    this.#atMs = atMs;
    this.#timer = setTimeout(
      () => {
        // This loop may have been busy: what has arrived meanwhile is read before anything is judged.
        this.#due = setImmediate(() => this.#fire());
      },
      Math.min(ms, LONGEST_TIMER_MS),
    );
  }

  #fire(): void {
    this.#atMs = Number.POSITIVE_INFINITY;
    const again = this.#look();
    if (again !== undefined) this.within(Math.max(1, again));
  }

  cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#due);
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
