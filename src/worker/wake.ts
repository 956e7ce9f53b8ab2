import type { Clock } from "../clock.js";

/** Lets a loop sleep until somebody calls, or a time has passed. Calls are never lost. */
export class Wake {
  readonly #clock: Clock;
  #called = false;
  #sleeper: (() => void) | undefined;
  #cancelLater: (() => void) | undefined;
  #laterMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Wakes the loop after everything that has already happened was dealt with. */
  now(): void {
    if (this.#called) return;
    this.#called = true;
    this.#cancelLater?.();
    this.#cancelLater = undefined;
    setImmediate(() => this.#sleeper?.());
  }

  /** Wakes the loop within `ms`, together with others that are in no hurry. */
  soon(ms: number): void {
    if (this.#called) return;
    if (this.#cancelLater !== undefined && this.#laterMs <= ms) return;
    this.#cancelLater?.();
    this.#laterMs = ms;
    this.#cancelLater = this.#clock.after(ms, () => this.now());
  }

  /** Resolves at the next call, or after `ms`. */
  async sleep(ms: number): Promise<void> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(ms, resolve);
        this.#sleeper = () => {
          cancel();
          resolve();
        };
      });
    } else {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#called = false;
    this.#sleeper = undefined;
  }
}
