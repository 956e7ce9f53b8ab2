import { availableParallelism } from "node:os";
import type { Isolation } from "../job/isolation.js";
import type { StopReason } from "../job/outcome.js";
import { Deadline } from "./deadline.js";
import type { Attempt, Executor, ExecutorEvents, ExecutorOptions } from "./executor.js";
import { fillEvenly } from "./fill-evenly.js";
import { MemoryWatch } from "./memory-watch.js";
import type { StartRunner } from "./runner.js";
import { Slot } from "./slot.js";

/** Slots with a child each, started when first needed and kept warm until they have long been idle. */
export class Pool implements Executor {
  readonly isolation: Isolation;
  readonly #idleMs: number;
  readonly #slots: readonly Slot[];
  readonly #deadline: Deadline;
  readonly #memory: MemoryWatch | undefined;

  constructor(
    isolation: Isolation,
    options: ExecutorOptions,
    events: ExecutorEvents,
    start: StartRunner,
  ) {
    this.isolation = isolation;
    this.#idleMs = options.idleMs;
    this.#slots = Array.from(
      { length: options.slots },
      (_, index) => new Slot(index, options, events, start),
    );
    this.#deadline = new Deadline(() => earliest(this.#slots.map((slot) => slot.check())));
    if (options.maxRss !== undefined) this.#memory = new MemoryWatch(options.maxRss, this.#slots);
  }

  /** Children boot a core's worth at a time, so that the first are there soon. */
  room(depth: number, startMore: boolean): number[] {
    const cores = availableParallelism();
    const busy = this.#slots.filter((slot) => (startMore ? slot.booting : slot.started)).length;
    let starts = Math.max(0, cores - busy);
    return fillEvenly(this.#slots, depth, (slot) => (slot.started || starts-- > 0 ? slot.most : 0));
  }

  dispatch(slot: number, attempts: readonly Attempt[]): void {
    this.#slots[slot]!.dispatch(attempts);
    this.#deadline.within(Math.min(this.#slots[slot]!.patienceMs, this.#idleMs));
    this.#memory?.wake();
  }

  stop(attempt: Attempt, reason: StopReason): void {
    this.#slots.find((slot) => slot.holds(attempt))?.stop(attempt, reason);
  }

  recall(): void {
    for (const slot of this.#slots) slot.recall();
  }

  async close(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.close()));
    this.#deadline.cancel();
    this.#memory?.stop();
  }
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
