import { GigqError } from "../errors.js";
import { keepOpen } from "../storage/connections.js";
import { nameOf } from "../storage/lend.js";
import type { Storage } from "../storage/storage.js";
import { checkWorker, type WorkerOptions, type WorkerSettings } from "./check-worker.js";
import type { WorkLoop } from "./work-loop.js";

/**
 * Takes jobs out of a queue and runs them.
 *
 * `start()` works until `stop()`; `processOne()` does one job; `close()` lets go of the database
 * and of the children. Options that make no sense throw `usage`; what is wrong with the database
 * is reported by the first of these calls.
 */
export class Worker {
  /** The name in logs and attempts. */
  readonly workerId: string;
  readonly #place: string | Storage;
  readonly #settings: WorkerSettings;
  readonly #forget: () => void;
  #opening: Promise<WorkLoop> | undefined;
  #working: Promise<unknown> | undefined;

  /**
   * `place` is the path of a SQLite file, which is created unless `initialize` is false, or a
   * storage that is open. Who has opened one closes it: the worker does not.
   */
  constructor(place: string | Storage, options: WorkerOptions = {}) {
    this.#place = place;
    this.#settings = checkWorker(options);
    this.workerId = this.#settings.workerId;
    this.#forget = keepOpen(this);
  }

  /** Works until `stop()` is called and everything in hand is settled, or as `until` says. */
  async start(): Promise<void> {
    const { until, onEvent, workerId, concurrency, isolation, filter } = this.#settings;
    await this.#alone(async (loop) => {
      const location = nameOf(this.#place);
      onEvent({ type: "started", workerId, location, concurrency, isolation, ...filter });
      await loop.work({
        budget: until === "once" ? 1 : Number.POSITIVE_INFINITY,
        untilStarved: until !== undefined,
      });
      onEvent({ type: "stopped", workerId, ...loop.tally });
    });
  }

  /** Runs the next ready job to its end. False when there was none. */
  async processOne(): Promise<boolean> {
    return this.#alone(async (loop) => (await loop.work({ budget: 1, untilStarved: true })) > 0);
  }

  /**
   * Claims nothing more, gives back what has not begun, and lets running jobs finish for
   * `shutdownTimeout`; then they are aborted and given back. Called again, that happens at once.
   * Resolves when all is settled; at once when it does not work.
   */
  async stop(): Promise<void> {
    const working = this.#working;
    if (working === undefined) return;
    (await this.#open()).stop();
    await working;
  }

  /** Stops, ends the children and closes the database. */
  async close(): Promise<void> {
    await this.stop();
    this.#forget();
    await this.#discard();
  }

  async #discard(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    // What could not be opened need not be closed.
    await opening?.then(
      (loop) => loop.close(),
      () => {},
    );
  }

  /** One at a time: a worker that works already refuses. */
  async #alone<T>(action: (loop: WorkLoop) => Promise<T>): Promise<T> {
    if (this.#working !== undefined) {
      throw new GigqError("usage", "this worker is working already", {
        hint: "Make a second Worker, or one with a higher concurrency",
      });
    }
    const working = this.#open().then((loop) => this.#workWith(loop, action));
    this.#working = working.catch(() => {});
    try {
      return await working;
    } finally {
      this.#working = undefined;
    }
  }

  async #workWith<T>(loop: WorkLoop, action: (loop: WorkLoop) => Promise<T>): Promise<T> {
    try {
      return await action(loop);
    } finally {
      // Stopped at once, or failed: the next call begins anew.
      if (loop.isSpent) await this.#discard();
    }
  }

  /** The loop and all that it runs on are loaded when there is work to do, not before. */
  #open(): Promise<WorkLoop> {
    this.#opening ??= import("./work-loop.js")
      .then(({ WorkLoop }) => WorkLoop.open(this.#place, this.#settings))
      .catch((error) => {
        this.#opening = undefined;
        throw error;
      });
    return this.#opening;
  }
}
