import { isGigqError } from "../errors.js";
import { type Attempt, createExecutor, type Executor } from "../executor/executor.js";
import type { Outcome } from "../job/outcome.js";
import { openStorage } from "../storage/open-storage.js";
import type { Advanced, Claim, Storage } from "../storage/storage.js";
import type { WorkerSettings } from "./check-worker.js";
import { exhausted, giveUp, takenForDead } from "./give-up.js";
import { Hands } from "./hands.js";
import { JobOutput } from "./job-output.js";
import { Membership } from "./membership.js";
import { Pacing } from "./pacing.js";
import { Reclaim } from "./reclaim.js";
import { Retention } from "./retention.js";
import { slotNames } from "./slot-names.js";
import type { Stint } from "./stint.js";
import { tell } from "./tell.js";
import { Wake } from "./wake.js";
import type { Tally } from "./worker-event.js";

/** Endings wait this long for others, to share a commit, while no slot is out of work. */
const GATHER_MS = 5;

/** How soon somebody else's change is looked at while all slots are busy. */
const BUSY_LOOK_MS = 25;

/** How long to wait when the database could not be written. */
const TROUBLE_MS = 500;

/** How long to wait for a database that is held, only to be forgotten. */
const DISMISS_MS = 1_000;

/**
 * The one loop of a worker: settle what ended and claim what fits, in one commit; hand out; sleep
 * until something ends, something changes, or the polling interval has passed.
 */
export class WorkLoop {
  readonly #settings: WorkerSettings;
  readonly #membership: Membership;
  readonly #slotNames: readonly string[];
  readonly #storage: Storage;
  readonly #executor: Executor;
  readonly #hands: Hands;
  readonly #wake: Wake;
  readonly #output: JobOutput;
  readonly #reclaim: Reclaim;
  readonly #pacing = new Pacing();
  readonly #tally = { completed: 0, failed: 0, released: 0 };
  /** How many turns were given out; a turn is never given twice. */
  #turns = 0;
  /** The last claim found less than it asked for: nothing is ready, and a slot is free for what comes due. */
  #starved = false;
  #stopping = false;
  /** Fires when the time to stop is over: the database is given one more chance. */
  #impatience = new AbortController();
  /** The last commit failed. */
  #troubled = false;
  #nextDueAt: number | undefined;
  /** What went wrong beside the loop. */
  #failure: { error: unknown } | undefined;
  #cancelShutdown: () => void = () => {};
  /** Its executor is closed: it cannot work again. */
  isSpent = false;

  static async open(location: string | Storage, settings: WorkerSettings): Promise<WorkLoop> {
    const { workerId, initialize, isolation, concurrency, onEvent } = settings;
    const storage = await openStorage(location, { ...settings, create: initialize });
    let membership: Membership | undefined;
    try {
      membership = await Membership.begin(storage, settings);
      const { traces } = membership;
      const loop: WorkLoop = new WorkLoop(
        settings,
        membership,
        storage,
        await createExecutor(
          isolation,
          { slots: concurrency, traces, ...settings },
          {
            begun: (attempt) => onEvent({ type: "begun", ...loop.#hands.info(attempt) }),
            ended: (attempt, outcome, ms) => loop.#ended(attempt, outcome, ms),
            roomier: () => loop.#roomier(),
            refused: (why) => onEvent({ type: "trouble", workerId, error: exhausted(why) }),
            output: (...said) => loop.#output.write(...said),
            progress: (...told) => loop.#output.tell(...told),
          },
        ),
      );
      return loop;
    } catch (error) {
      await membership?.end();
      await storage.close();
      throw error;
    }
  }

  private constructor(
    settings: WorkerSettings,
    membership: Membership,
    storage: Storage,
    executor: Executor,
  ) {
    const { workerId, concurrency, clock, onEvent } = settings;
    this.#settings = settings;
    this.#membership = membership;
    this.#storage = storage;
    this.#executor = executor;
    this.#hands = new Hands(clock, settings.logLimit);
    this.#wake = new Wake(clock);
    this.#output = new JobOutput(settings, this.#hands, this.#wake);
    this.#reclaim = new Reclaim({
      storage,
      self: membership.self,
      clock,
      onEvent,
      onError: (error) => this.#fail(error),
    });
    this.#slotNames = slotNames(workerId, concurrency);
  }

  /** How many attempts have ended so far, and how. */
  get tally(): Tally {
    return this.#tally;
  }

  /** Works as far as it is told, or until it is stopped; answers how many jobs it has claimed. */
  async work({ budget, untilStarved }: Stint): Promise<number> {
    let claimed = 0;
    this.#stopping = false;
    this.#impatience = new AbortController();
    const retention = Retention.begin(this.#storage, this.#settings);
    const unwatch = this.#storage.onChange(() => this.#changed());
    try {
      await this.#reclaim.start();
      for (;;) {
        claimed += await this.#step(budget - claimed);
        const idle = this.#hands.held === 0 && this.#hands.unsettled === 0;
        const enough = this.#stopping || claimed >= budget || (untilStarved && this.#starved);
        if (idle && enough) return claimed;
        await this.#wake.sleep(this.#untilNextLook());
      }
    } catch (error) {
      for (const attempt of this.#hands.attempts()) this.#executor.stop(attempt, "released");
      await this.#closeExecutor();
      throw giveUp(this.#hands.takeEnded(), error, this.#settings.onEvent);
    } finally {
      unwatch();
      this.#cancelShutdown();
      await this.#reclaim.stop();
      await retention?.stop();
    }
  }

  /** Begins to stop; called again, lets go of what still runs at once. */
  stop(): void {
    const { workerId, shutdownMs, clock, onEvent } = this.#settings;
    if (this.#stopping) {
      this.#cancelShutdown();
      void this.#letGo(0);
      return;
    }
    this.#stopping = true;
    this.#executor.recall();
    // More may be in hand: short ones that have ended, and whose end has yet to be reported.
    const running = Math.min(this.#hands.held, this.#slotNames.length);
    onEvent({ type: "stopping", workerId, running, withinMs: shutdownMs });
    this.#cancelShutdown = clock.after(shutdownMs, () => {
      const { abortMs, termMs } = this.#settings.graces;
      void this.#letGo(abortMs + termMs);
    });
    this.#wake.now();
  }

  async close(): Promise<void> {
    await this.#executor.close();
    const cancel = this.#settings.clock.after(DISMISS_MS, () => this.#impatience.abort());
    await this.#membership.end(this.#impatience.signal);
    cancel();
    await this.#storage.close();
  }

  /** Answers how many jobs were claimed. */
  async #step(budget: number): Promise<number> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const ended = this.#hands.takeEnded();
    const claimants = this.#room(budget);
    this.#turns += claimants.length;
    let advanced: Advanced;
    try {
      advanced = await this.#storage.advance({
        worker: this.#membership.key,
        settlements: ended.map(({ settlement }) => settlement),
        writings: this.#hands.logs.take(),
        claimants,
        firstTurn: this.#turns - claimants.length + 1,
        only: this.#settings.only,
        filter: this.#settings.filter,
        now: this.#settings.clock.now(),
        signal: this.#impatience.signal,
      });
    } catch (error) {
      this.#hands.giveBack(ended);
      this.#trouble(error);
      return 0;
    }
    this.#hands.logs.stored();
    this.#troubled = false;
    this.#starved = advanced.claims.length < claimants.length;
    this.#nextDueAt = advanced.nextDueAt;
    tell(ended, advanced, this.#tally, this.#settings.onEvent);
    if (advanced.dismissed) throw takenForDead(this.#settings.workerId);
    this.#handOut(advanced.claims);
    for (const attempt of this.#hands.attemptsOf(advanced.toKill)) {
      this.#executor.stop(attempt, "cancelled");
    }
    return advanced.claims.length;
  }

  /** The name of a slot for each attempt that could be taken. */
  #room(budget: number): string[] {
    if (this.#stopping || budget <= 0) return [];
    const { depth, worthMoreChildren } = this.#pacing;
    const room = this.#executor.room(depth, worthMoreChildren);
    return room.slice(0, budget).map((slot) => this.#slotNames[slot]!);
  }

  #handOut(claims: readonly Claim[]): void {
    for (const [name, attempts] of this.#hands.takeAll(claims)) {
      this.#executor.dispatch(this.#slotNames.indexOf(name), attempts);
    }
    // A stop that came while the claims were being written.
    if (this.#stopping && claims.length > 0) this.#executor.recall();
    if (this.#impatience.signal.aborted && claims.length > 0) void this.#letGo(0);
  }

  #ended(attempt: Attempt, outcome: Outcome, ms: number): void {
    this.#hands.ended(attempt, outcome, ms);
    if (outcome.type === "released") this.#pacing.fellBehind();
    else this.#pacing.ended(ms);
    // With work left in hand, wait for more endings; a worker that runs dry does not.
    if (this.#hands.held > this.#slotNames.length) this.#wake.soon(GATHER_MS);
    else this.#wake.now();
  }

  #roomier(): void {
    if (!this.#starved) this.#wake.now();
  }

  #changed(): void {
    // What failed has touched the files too: to follow that would be to try again without rest.
    if (this.#troubled) return;
    if (this.#starved) this.#wake.now();
    else this.#wake.soon(BUSY_LOOK_MS);
  }

  #untilNextLook(): number {
    const { pollingMs, clock } = this.#settings;
    if (this.#troubled) return TROUBLE_MS;
    const never = Number.POSITIVE_INFINITY;
    const nextJobAt = this.#starved && !this.#stopping ? (this.#nextDueAt ?? never) : never;
    const nextAt = Math.min(nextJobAt, this.#hands.logs.dueAt ?? never);
    return Math.max(1, Math.min(pollingMs, nextAt - clock.now()));
  }

  /** Aborts what runs, and after `graceMs` ends it by closing the executor. */
  async #letGo(graceMs: number): Promise<void> {
    for (const attempt of this.#hands.attempts()) this.#executor.stop(attempt, "released");
    if (graceMs > 0 && this.#hands.held > 0) {
      this.#cancelShutdown = this.#settings.clock.after(graceMs, () => void this.#letGo(0));
      return;
    }
    await this.#closeExecutor();
    this.#impatience.abort();
    this.#wake.now();
  }

  async #closeExecutor(): Promise<void> {
    this.isSpent = true;
    await this.#executor.close();
  }

  /** Trouble with the database is noticed by the loop itself; what lasts, and bugs, end it. */
  #fail(error: unknown): void {
    if (isGigqError(error) && !error.isLasting) return;
    this.#failure = { error };
    this.#wake.now();
  }

  /**
   * What the database cannot do now is tried again, until the time to stop is over. Throws what
   * trying again does not help against, and bugs.
   */
  #trouble(error: unknown): void {
    if (!isGigqError(error) || error.isLasting) throw error;
    this.#troubled = true;
    this.#settings.onEvent({ type: "trouble", workerId: this.#settings.workerId, error });
    const { held, unsettled } = this.#hands;
    if (this.#impatience.signal.aborted && held === 0 && unsettled > 0) throw error;
  }
}
