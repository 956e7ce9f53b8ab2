import type { Clock } from "../clock.js";

/** A sleep that a change cuts down to the least, and an interruption to nothing. */
export class Nap {
  readonly #clock: Clock;
  #wake = () => {};
  #leastIsOver = false;
  #shortened = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Changes that came since the last nap count. */
  async take(leastMs: number, mostMs: number): Promise<void> {
    let cancelLeast = () => {};
    let cancelMost = () => {};
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#leastIsOver = false;
      cancelLeast = this.#clock.after(leastMs, () => {
        this.#leastIsOver = true;
        if (this.#shortened) resolve();
      });
      cancelMost = this.#clock.after(mostMs, resolve);
    });
    cancelLeast();
    cancelMost();
    this.#shortened = false;
  }

  shorten(): void {
    this.#shortened = true;
    if (this.#leastIsOver) this.#wake();
  }

  end(): void {
    this.#wake();
  }
}
