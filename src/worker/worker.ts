import { GigqError, isGigqError } from "../errors.js";
import { type Attempt, createExecutor, type Executor } from "../executor/executor.js";
import type { Outcome } from "../job/outcome.js";
import { keepOpen } from "../storage/connections.js";
import { openStorage } from "../storage/open-storage.js";
import type { Advanced, Claim, Storage } from "../storage/storage.js";
import { checkWorker, type WorkerOptions, type WorkerSettings } from "./check-worker.js";
import { type Ended, Hands } from "./hands.js";
import { Pacing } from "./pacing.js";
import { Wake } from "./wake.js";
import type { Tally } from "./worker-event.js";

/** Endings wait this long for others, to share a commit, while no slot is out of work. */
const GATHER_MS = 5;

/** How soon somebody else's change is looked at while all slots are busy. */
const BUSY_LOOK_MS = 25;

/** How long to wait when the database could not be written. */
const TROUBLE_MS = 500;

/**
 * Takes jobs out of a queue and runs them.
 *
 * `start()` works until `stop()`; `processOne()` does one job; `close()` lets go of the database
 * and of the children. Options that make no sense throw `usage`.
 */
export class Worker {
  readonly workerId: string;
  readonly #location: string;
  readonly #settings: WorkerSettings;
  readonly #slotNames: readonly string[];
  readonly #hands: Hands;
  readonly #wake: Wake;
  readonly #pacing = new Pacing();
  readonly #tally = { completed: 0, failed: 0, released: 0 };
  readonly #forget: () => void;
  #storage: Promise<Storage> | undefined;
  #executor: Promise<Executor> | undefined;
  #working: Promise<void> | undefined;
  /** How many more jobs may be claimed. */
  #budget = Number.POSITIVE_INFINITY;
  #claimedInAll = 0;
  /** The last claim found less than it asked for: nothing is ready. */
  #starved = false;
  #nextDueAt: number | undefined;
  #stopping = false;
  #troubled = false;
  #cancelShutdown: (() => void) | undefined;

  constructor(location: string, options: WorkerOptions = {}) {
    const settings = checkWorker(options);
    this.#location = location;
    this.#settings = settings;
    this.workerId = settings.workerId;
    this.#slotNames =
      settings.concurrency === 1
        ? [settings.workerId]
        : Array.from({ length: settings.concurrency }, (_, slot) => `${settings.workerId}-${slot}`);
    this.#hands = new Hands(settings.clock);
    this.#wake = new Wake(settings.clock);
    this.#forget = keepOpen(this);
  }

  /** How many attempts have ended so far, and how. */
  get tally(): Tally {
    return { ...this.#tally };
  }

  /** Works until `stop()` is called and everything in hand is settled, or as `until` says. */
  async start(): Promise<void> {
    const { until, onEvent, concurrency, isolation } = this.#settings;
    await this.#open();
    onEvent({
      type: "started",
      workerId: this.workerId,
      location: this.#location,
      concurrency,
      isolation,
    });
    await this.#workOn(until === "once" ? 1 : Number.POSITIVE_INFINITY, until !== undefined);
    onEvent({ type: "stopped", ...this.#tally });
  }

  /** Runs the next ready job to its end. False when there was none. */
  async processOne(): Promise<boolean> {
    const before = this.#claimedInAll;
    await this.#workOn(1, true);
    return this.#claimedInAll > before;
  }

  /**
   * Claims nothing more, gives back what has not begun, and lets running jobs finish for
   * `shutdownTimeout`; then they are aborted and given back. Called again, that happens at once.
   * Resolves when all is settled.
   */
  async stop(): Promise<void> {
    if (this.#working === undefined) return;
    if (this.#stopping) await this.#abandonRunning();
    else await this.#beginStopping();
    await this.#working;
  }

  /** Stops, ends the children and closes the database. */
  async close(): Promise<void> {
    await this.stop();
    this.#forget();
    const [executor, storage] = [this.#executor, this.#storage];
    this.#executor = undefined;
    this.#storage = undefined;
    await (await executor)?.close();
    await (await storage)?.close();
  }

  async #workOn(budget: number, untilStarved: boolean): Promise<void> {
    if (this.#working !== undefined) {
      throw new GigqError("usage", "this worker is working already", {
        hint: "Make a second Worker, or one with a higher concurrency",
      });
    }
    this.#budget = budget;
    this.#stopping = false;
    this.#working = this.#loop(untilStarved);
    try {
      await this.#working;
    } finally {
      this.#working = undefined;
    }
  }

  async #loop(untilStarved: boolean): Promise<void> {
    const { storage, executor } = await this.#open();
    const unwatch = storage.onChange(() => this.#changed());
    try {
      for (;;) {
        await this.#step(storage, executor);
        const idle = this.#hands.held === 0 && this.#hands.unsettled === 0;
        const enough = this.#stopping || this.#budget <= 0 || (untilStarved && this.#starved);
        if (idle && enough) return;
        await this.#wake.sleep(this.#untilNextLook());
      }
    } finally {
      unwatch();
      this.#cancelShutdown?.();
      this.#cancelShutdown = undefined;
    }
  }

  /** Settles what has ended and claims what fits, in one commit, and hands it out. */
  async #step(storage: Storage, executor: Executor): Promise<void> {
    const ended = this.#hands.takeEnded();
    const claimants = this.#room(executor);
    let advanced: Advanced;
    try {
      advanced = await storage.advance({
        worker: this.workerId,
        settlements: ended.map(({ settlement }) => settlement),
        claimants,
        only: this.#settings.only,
        now: this.#settings.clock.now(),
      });
      this.#troubled = false;
    } catch (error) {
      this.#hands.giveBack(ended);
      this.#trouble(error);
      return;
    }
    this.#tell(ended, advanced);
    this.#starved = advanced.claims.length < claimants.length;
    this.#nextDueAt = advanced.nextDueAt;
    this.#budget -= advanced.claims.length;
    this.#claimedInAll += advanced.claims.length;
    this.#handOut(executor, advanced.claims);
    for (const lease of advanced.toKill) {
      const attempt = this.#hands.attemptOf(lease);
      if (attempt !== undefined) executor.stop(attempt, "cancelled");
    }
  }

  /** The name of a slot for each attempt that could be taken. */
  #room(executor: Executor): string[] {
    if (this.#stopping) return [];
    const { depth, worthMoreChildren } = this.#pacing;
    const room = executor.room(depth, worthMoreChildren);
    return room.slice(0, this.#budget).map((slot) => this.#slotNames[slot]!);
  }

  #handOut(executor: Executor, claims: readonly Claim[]): void {
    const bySlot = new Map<string, Attempt[]>();
    for (const claim of claims) {
      const attempts = bySlot.get(claim.lease.workerId);
      if (attempts === undefined) bySlot.set(claim.lease.workerId, [this.#hands.take(claim)]);
      else attempts.push(this.#hands.take(claim));
    }
    for (const [name, attempts] of bySlot) {
      executor.dispatch(this.#slotNames.indexOf(name), attempts);
    }
    // A stop that came while the claim was being written.
    if (this.#stopping && claims.length > 0) executor.recall();
  }

  #ended(attempt: Attempt, outcome: Outcome, ms: number): void {
    this.#hands.ended(attempt, outcome, ms);
    if (outcome.type !== "released") this.#pacing.ended(ms);
    else this.#pacing.fellBehind();
    // With work left in hand, wait for more endings; a dry worker, or one that lets go, does not.
    if (this.#hands.held > this.#slotNames.length) this.#wake.soon(GATHER_MS);
    else this.#wake.now();
  }

  #changed(): void {
    if (this.#starved) this.#wake.now();
    else this.#wake.soon(BUSY_LOOK_MS);
  }

  #untilNextLook(): number {
    const { pollingMs, clock } = this.#settings;
    if (this.#troubled) return TROUBLE_MS;
    if (this.#stopping || this.#nextDueAt === undefined) return pollingMs;
    return Math.max(1, Math.min(pollingMs, this.#nextDueAt - clock.now()));
  }

  async #beginStopping(): Promise<void> {
    const { shutdownMs, clock, onEvent } = this.#settings;
    this.#stopping = true;
    const { executor } = await this.#open();
    executor.recall();
    onEvent({ type: "stopping", running: this.#hands.held, withinMs: shutdownMs });
    this.#cancelShutdown = clock.after(shutdownMs, () => void this.#releaseRunning(executor));
    this.#wake.now();
  }

  /** Out of time: aborts what runs, and where that cannot be enforced, lets go of it. */
  async #releaseRunning(executor: Executor): Promise<void> {
    for (const attempt of this.#hands.attempts()) executor.stop(attempt, "released");
    const { abortMs, termMs } = this.#settings.graces;
    this.#cancelShutdown = this.#settings.clock.after(
      abortMs + termMs,
      () => void executor.close(),
    );
  }

  async #abandonRunning(): Promise<void> {
    const { executor } = await this.#open();
    for (const attempt of this.#hands.attempts()) executor.stop(attempt, "released");
    await executor.close();
  }

  #tell(ended: readonly Ended[], { stale }: Advanced): void {
    const { onEvent } = this.#settings;
    const stolen = new Set(stale.map(({ seq, number }) => `${seq}/${number}`));
    for (const { info, settlement } of ended) {
      const { lease, attempt } = settlement;
      if (stolen.has(`${lease.seq}/${lease.number}`)) {
        onEvent({ type: "stale", ...info });
      } else if (attempt === null) {
        this.#tally.released += 1;
        onEvent({ type: "released", ...info });
      } else {
        this.#tally[attempt.status === "completed" ? "completed" : "failed"] += 1;
        onEvent({
          type: "ended",
          ...info,
          outcome: attempt.status,
          status: settlement.status,
          error: attempt.error,
          durationMs: settlement.endedAt - settlement.startedAt,
          runAt: settlement.runAt,
        });
      }
    }
  }

  #trouble(error: unknown): void {
    if (!isGigqError(error)) throw error;
    this.#troubled = true;
    this.#settings.onEvent({ type: "trouble", error });
  }

  async #open(): Promise<{ storage: Storage; executor: Executor }> {
    const { clock, initialize, isolation, concurrency, root, graces, onEvent } = this.#settings;
    this.#storage ??= openStorage(this.#location, { create: initialize, clock });
    const storage = await this.#storage;
    this.#executor ??= createExecutor(
      isolation,
      { slots: concurrency, root, graces },
      {
        begun: (attempt) => onEvent({ type: "begun", ...this.#hands.info(attempt) }),
        ended: (attempt, outcome, ms) => this.#ended(attempt, outcome, ms),
        roomier: () => {
          if (!this.#starved) this.#wake.now();
        },
        output: (stream, text) => onEvent({ type: "output", stream, text }),
      },
    );
    return { storage, executor: await this.#executor };
  }
}
