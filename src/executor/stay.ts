import { monotonicMs } from "./mark.js";
import type { Runner } from "./runner.js";

/** A child that was asked to exit, or said that it does, has this long. */
const EXIT_MS = 2_000;

/** How long the child of a slot stays: until it has had nothing to do for long, or served enough. */
export class Stay {
  readonly #idleMs: number;
  readonly #mostJobs: number;
  #served = 0;
  #idleSinceMs = 0;
  #impatience: NodeJS.Timeout | undefined;

  constructor(options: { idleMs: number; maxJobsPerChild?: number | undefined }) {
    this.#idleMs = options.idleMs;
    this.#mostJobs = options.maxJobsPerChild ?? Number.POSITIVE_INFINITY;
  }

  /** How many attempts the child may hold, so that none is left when it has served enough. */
  get room(): number {
    return this.#mostJobs - this.#served;
  }

  /** The child is on its way out. */
  get isEnding(): boolean {
    return this.#impatience !== undefined;
  }

  /** An attempt has ended in the child. */
  served(): void {
    this.#served += 1;
  }

  /** From now on the child has nothing to do. */
  idles(): void {
    this.#idleSinceMs = monotonicMs();
  }

  /** Asks a child to leave that has idled too long; else answers in how many milliseconds it will have. */
  checkIdle(runner: Runner): number | undefined {
    const leftMs = this.#idleMs - (monotonicMs() - this.#idleSinceMs);
    if (leftMs > 0) return leftMs;
    runner.send({ type: "exit" });
    this.leaves(runner);
    return undefined;
  }

  /** The child goes, and is killed when that takes long. */
  leaves(runner: Runner): void {
    this.#impatience ??= setTimeout(() => runner.destroy(), EXIT_MS);
  }

  /** The child is gone: another may come. */
  over(): void {
    clearTimeout(this.#impatience);
    this.#impatience = undefined;
    this.#served = 0;
  }
}
