import type { Traces } from "../executor/executor.js";
import { killRemains } from "../executor/remains.js";
import type { Storage, WorkerRecord } from "../storage/storage.js";
import type { WorkerSettings } from "./check-worker.js";
import { identify, Presence, removeStrays } from "./liveness.js";

/** That a worker is known to the others, from its first sign of life to its last. */
export class Membership {
  readonly self: WorkerRecord;
  readonly #storage: Storage;
  readonly #presence: Presence;

  /** First the sign of life, then the name: nobody known is without one. */
  static async begin(storage: Storage, { workerId, clock }: WorkerSettings): Promise<Membership> {
    const self = identify(workerId, clock.now());
    const known = new Set((await storage.workers()).map((worker) => worker.key));
    removeStrays(storage.meetingPlace, known, clock.now());
    const presence = await Presence.begin(storage, self.key).catch(async (error) => {
      // Where the queue cannot be written either, that says more.
      await storage.dismiss(self.key);
      throw error;
    });
    try {
      await storage.enlist(self);
    } catch (error) {
      presence.end();
      throw error;
    }
    return new Membership(self, storage, presence);
  }

  private constructor(self: WorkerRecord, storage: Storage, presence: Presence) {
    this.self = self;
    this.#storage = storage;
    this.#presence = presence;
  }

  get key(): string {
    return this.self.key;
  }

  get traces(): Traces {
    return this.#presence.traces;
  }

  /** Once the executor is closed. What could not be settled is left for others to settle as lost. */
  async end(signal?: AbortSignal): Promise<void> {
    killRemains(this.traces.tag);
    try {
      await this.#storage.dismiss(this.key, signal);
    } catch {
      // Then the others do it: they find nothing alive here.
    }
    this.#presence.end();
  }
}
