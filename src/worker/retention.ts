import type { Clock } from "../clock.js";
import { isGigqError } from "../errors.js";
import type { Storage } from "../storage/storage.js";
import { giveSpaceBack, sweep } from "../storage/sweep.js";
import type { WorkerSettings } from "./check-worker.js";

/** The first round begins within this, the others so much after each other, and a part more. */
const FIRST_WITHIN_MS = 1_000;
const EVERY_MS = 60_000;

/** Removing takes at most about one part in so many of the time, for claims come first. */
const SHARE = 5;

/** Less is left in the file: the next jobs use it. */
const WORTH_GIVING_BYTES = 4 * 1024 * 1024;

/**
 * Removes completed and cancelled jobs that ended longer than `keepMs` ago, now and then, beside
 * the work. What goes wrong is left to the next round.
 */
export class Retention {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #cleared: (jobs: number) => void;
  #cancelNext: () => void = () => {};
  #stopped = false;
  #round: Promise<void> = Promise.resolve();

  /** `undefined` where everything is kept. */
  static begin(
    storage: Storage,
    {
      keepMs,
      clock,
      onEvent,
      workerId,
    }: Pick<WorkerSettings, "keepMs" | "clock" | "onEvent" | "workerId">,
  ): Retention | undefined {
    if (keepMs === undefined) return undefined;
    return new Retention(storage, clock, keepMs, (jobs) =>
      onEvent({ type: "cleared", workerId, jobs }),
    );
  }

  /** `cleared` hears after a round how many jobs are gone, unless none. */
  private constructor(
    storage: Storage,
    clock: Clock,
    keepMs: number,
    cleared: (jobs: number) => void,
  ) {
    this.#storage = storage;
    this.#clock = clock;
    this.#keepMs = keepMs;
    this.#cleared = cleared;
    this.#later(FIRST_WITHIN_MS * Math.random());
  }

  /** Resolves when the last short transaction is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelNext();
    await this.#round;
  }

  /** Workers that were started together do not come back together. */
  #later(ms: number): void {
    this.#cancelNext = this.#clock.after(ms, () => {
      this.#round = this.#clear().then(() => {
        if (!this.#stopped) this.#later(EVERY_MS * (1 + Math.random() / 2));
      });
    });
  }

  async #clear(): Promise<void> {
    try {
      const { total } = await sweep(this.#storage, {
        statuses: ["completed", "cancelled"],
        before: this.#clock.now() - this.#keepMs,
        pause: (heldMs) => this.#pause(heldMs),
      });
      if (total > 0) this.#cleared(total);
      const { leftBytes } = await this.#storage.shrink(0);
      if (leftBytes < WORTH_GIVING_BYTES || this.#stopped) return;
      await giveSpaceBack(this.#storage, (heldMs) => this.#pause(heldMs));
    } catch (error) {
      // The work loop tells of trouble with the database.
      if (!isGigqError(error)) throw error;
    }
  }

  async #pause(heldMs: number): Promise<boolean> {
    const ms = Math.max(1, heldMs) * (SHARE - 1);
    await new Promise<void>((resolve) => this.#clock.after(ms, resolve));
    return !this.#stopped;
  }
}
