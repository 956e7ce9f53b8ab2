import type { Clock } from "../clock.js";
import { killRemains, lastBegun } from "../executor/remains.js";
import { type Settlement, settle } from "../job/lifecycle.js";
import type { Outcome } from "../job/outcome.js";
import { folderOf, standingOf } from "../storage/standing.js";
import type { AttemptInHand, Storage, WorkerRecord } from "../storage/storage.js";
import { infoOf } from "./hands.js";
import { removeTraces, tagOf } from "./liveness.js";
import type { WorkerEvent } from "./worker-event.js";

/** How often the others are looked at. */
const LOOK_MS = 250;

/** Killed processes take a moment to go; a look waits for them so often, and so long each time. */
const WAITS = 40;
const WAIT_MS = 10;

/** Where they do not go, only every so many looks one is spent on them. */
const STUBBORN_LOOKS = 8;

interface ReclaimOptions {
  readonly storage: Storage;
  readonly self: WorkerRecord;
  readonly clock: Clock;
  readonly onEvent: (event: WorkerEvent) => void;
  /** A look has failed; there will be another. */
  readonly onError: (error: unknown) => void;
}

/**
 * Takes care of what dead workers leave: ends the processes of their jobs, and only when nothing of
 * them runs any more settles their attempts as lost. What had not begun is given back untouched.
 */
export class Reclaim {
  readonly #options: ReclaimOptions;
  /** The keys of those of whom it was told that something is left that does not go. */
  readonly #told = new Set<string>();
  #looks = 0;
  #cancelNext: () => void = () => {};
  #looking: Promise<void> | undefined;
  #stopped = true;

  constructor(options: ReclaimOptions) {
    this.#options = options;
  }

  /** Looks now and then; resolves after the first look. */
  async start(): Promise<void> {
    this.#stopped = false;
    await this.#lookAndGoOn();
  }

  /** Resolves when it does nothing more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelNext();
    await this.#looking;
  }

  async #lookAndGoOn(): Promise<void> {
    this.#looking = this.#look().catch(this.#options.onError);
    await this.#looking;
    if (this.#stopped) return;
    this.#cancelNext = this.#options.clock.after(LOOK_MS, () => void this.#lookAndGoOn());
  }

  async #look(): Promise<void> {
    const { storage, self } = this.#options;
    this.#looks += 1;
    const dead = (await storage.workers()).filter(
      ({ key }) =>
        key !== self.key &&
        (!this.#told.has(key) || this.#looks % STUBBORN_LOOKS === 0) &&
        standingOf(storage.meetingPlace, key) !== "alive",
    );
    await Promise.all(
      dead.map(async (worker) => {
        if (!this.#stopped && (await this.#endsAllOf(worker))) await this.#settleFor(worker);
      }),
    );
  }

  /** False while something is left of it. */
  async #endsAllOf(worker: WorkerRecord): Promise<boolean> {
    const { storage, clock, onEvent } = this.#options;
    for (let waits = 0; ; waits++) {
      const killed = killRemains(tagOf(storage, worker.key));
      if (killed && standingOf(storage.meetingPlace, worker.key) === "gone") return true;
      if (waits >= WAITS || this.#stopped || this.#told.has(worker.key)) break;
      await new Promise<void>((resolve) => clock.after(WAIT_MS, resolve));
    }
    if (!this.#told.has(worker.key) && !this.#stopped) {
      this.#told.add(worker.key);
      onEvent({ type: "remains", workerId: worker.workerId, host: worker.host });
    }
    return false;
  }

  async #settleFor(worker: WorkerRecord): Promise<void> {
    const { storage, self, clock, onEvent } = this.#options;
    const now = clock.now();
    const inHand = await storage.inHand(worker.key);
    const settlements = inHand.map((attempt) => this.#settlement(worker, attempt, now));
    const { stale, overruled } = await storage.advance({
      worker: self.key,
      settlements,
      claimants: [],
      firstTurn: 0,
      now,
    });
    for (const [index, attempt] of inHand.entries()) {
      // Another worker was faster.
      if (stale.some((lease) => lease.seq === attempt.lease.seq)) continue;
      const stored =
        overruled.find(({ lease }) => lease.seq === attempt.lease.seq) ?? settlements[index]!;
      onEvent(eventOf(attempt, stored));
    }
    if (await storage.dismiss(worker.key)) removeTraces(storage.meetingPlace, worker.key);
  }

  #settlement(
    worker: WorkerRecord,
    { job, lease, turn, startedAt }: AttemptInHand,
    now: number,
  ): Settlement {
    const folder = folderOf(this.#options.storage.meetingPlace, worker.key);
    const slot = slotOf(lease.workerId, worker.workerId);
    const begun = folder === undefined ? undefined : lastBegun(folder, slot);
    const outcome: Outcome =
      begun !== undefined && turn > begun
        ? { type: "released" }
        : { type: "lost", error: `its worker ${lease.workerId} died while it ran` };
    return settle(job, lease, outcome, { startedAt, endedAt: Math.max(now, startedAt) });
  }
}

/** The number at the end of a slot's name; 0 for the only slot of a worker. */
function slotOf(slotName: string, workerId: string): number {
  return slotName === workerId ? 0 : Number(slotName.slice(workerId.length + 1));
}

function eventOf(attempt: AttemptInHand, stored: Settlement): WorkerEvent {
  const info = infoOf(attempt);
  if (stored.transition === "release") return { type: "released", ...info };
  const error = stored.attempt?.error ?? null;
  return { type: "lost", ...info, status: stored.status, error, runAt: stored.runAt };
}
