import type { Traces } from "../executor/executor.js";
import { endRemains } from "../executor/remains.js";
import type { Storage, WorkerRecord } from "../storage/storage.js";
import type { WorkerSettings } from "./check-worker.js";
import { identify, Presence, removeStrays } from "./liveness.js";

/** What jobs have started, and what does not go, is waited for so long. */
const REST_MS = 1_000;

/** That a worker is known to the others, from its first sign of life to its last. */
export class Membership {
  readonly self: WorkerRecord;
  readonly #storage: Storage;
  readonly #presence: Presence;

  /** First the sign of life, then the name: nobody known is without one. */
  static async begin(storage: Storage, settings: WorkerSettings): Promise<Membership> {
    const { workerId, concurrency, isolation, filter, clock } = settings;
    const startedAt = clock.now();
    const self = identify({ workerId, startedAt, concurrency, isolation, ...filter });
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
      presence.end({ leavesTraces: false });
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

  /**
   * Once the executor is closed. What could not be settled, or be ended, is left for others, with
   * the traces that tell what had begun.
   */
  async end(signal?: AbortSignal): Promise<void> {
    const allEnded = await endRemains(this.traces.tag, REST_MS);
    let dismissed = false;
    try {
      dismissed = allEnded && (await this.#storage.dismiss(this.key, signal));
    } catch {
      // Then the others do it: they find nobody alive here.
    }
    this.#presence.end({ leavesTraces: !dismissed });
  }
}
