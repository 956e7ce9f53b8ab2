import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Errands } from "./errands.js";
import { type Blow, instant, type Journal } from "./journal.js";
import { guardiansOf, killAll, playerOf, runsJobs } from "./processes.js";
import type { Random } from "./random.js";
import type { Stage } from "./stage.js";
import type { SubmitterPlayer } from "./submitter-player.js";
import { recentWriters } from "./trace.js";
import type { Window } from "./window.js";
import type { WorkerPlayer } from "./worker-player.js";

export type Move =
  | "worker"
  | "guarded"
  | "starting"
  | "outage"
  | "job"
  | "submitter"
  | "batch"
  | "clear"
  | "suspend"
  | "rob";

/** How often each comes. */
export const WEIGHTS: Readonly<Record<Move, number>> = {
  worker: 26,
  guarded: 8,
  starting: 3,
  outage: 1.5,
  job: 32,
  submitter: 6,
  batch: 6,
  clear: 6,
  suspend: 7,
  rob: 4.5,
};

/** So long others have to settle what a dead worker had in hand, and a robbed one to end. */
const PATIENCE_MS = 30_000;

/** So long others have to take up again what a robbed worker had in hand, before that goes on. */
const REDO_MS = 3_000;

export interface Theatre {
  readonly stage: Stage;
  readonly journal: Journal;
  readonly window: Window;
  readonly workers: readonly WorkerPlayer[];
  readonly submitters: readonly SubmitterPlayer[];
  readonly errands: Errands;
}

/** Everything bad that is done to the players. */
export class Mischief {
  readonly #theatre: Theatre;
  readonly #random: Random;
  readonly #weights: Readonly<Record<Move, number>>;
  #robbing = false;
  readonly #going = new Set<Promise<void>>();

  constructor(theatre: Theatre, random: Random, weights: Readonly<Record<Move, number>>) {
    this.#theatre = theatre;
    this.#random = random;
    this.#weights = weights;
  }

  /** Does one thing, or begins it; nothing where there is nobody to do it to. */
  strike(): void {
    const { submitters, errands, workers } = this.#theatre;
    const random = this.#random.fork();
    const well = workers.filter((worker) => worker.isWell);
    const worker = random.pick(well);
    const submitter = random.pick(submitters.filter(({ pid }) => pid !== undefined));
    const moves: Record<Move, () => void> = {
      worker: () => worker && this.#kill([worker], workers, "worker"),
      guarded: () => worker && this.#killWithGuardian(worker),
      starting: () => this.#killStarting(),
      outage: () => this.#kill(well, [], "all workers"),
      job: () => this.#killJob(random),
      submitter: () => submitter && this.#killSubmitter(submitter),
      batch: () => errands.beginAndKill("batch"),
      clear: () => errands.beginAndKill("clear"),
      suspend: () => worker && this.#begin(this.#suspend(worker, random)),
      // Somebody must be there to notice.
      rob: () => this.#robOne(well, random),
    };
    moves[random.weighted(this.#weights)]();
  }

  /** Resolves when everything that takes longer is over. */
  async ended(): Promise<void> {
    while (this.#going.size > 0) await Promise.all(this.#going);
  }

  #begin(going: Promise<void>): void {
    const kept = going.finally(() => this.#going.delete(kept));
    this.#going.add(kept);
  }

  #kill(victims: readonly WorkerPlayer[], others: readonly WorkerPlayer[], blow: Blow): void {
    for (const victim of victims) {
      victim.kill(others);
      this.#theatre.journal.count(blow);
    }
  }

  /** Its children are then on their own, and one that is blocked lives on. */
  #killWithGuardian(worker: WorkerPlayer): void {
    const { stage, workers } = this.#theatre;
    killAll(guardiansOf(worker.life!.name, stage.folder));
    this.#kill([worker], workers, "worker and its guardian");
  }

  /** One that has not said yet that it works, if there is any. */
  #killStarting(): void {
    const { workers } = this.#theatre;
    const starting = workers.find((worker) => worker.isStarting);
    if (starting !== undefined) this.#kill([starting], [], "starting worker");
  }

  /** One of which a job runs at this moment. Others must be there to notice, and not be robbed too. */
  #robOne(well: readonly WorkerPlayer[], random: Random): void {
    const { stage } = this.#theatre;
    if (this.#robbing || well.length < 2) return;
    const pids = recentWriters(stage.ground.trace);
    const busy = new Set(pids.map((pid) => playerOf(pid, stage.folder)));
    const worker = random.pick(well.filter(({ life }) => busy.has(life!.name)));
    if (worker === undefined) return;
    this.#robbing = true;
    this.#begin(
      this.#rob(worker, random).finally(() => {
        this.#robbing = false;
      }),
    );
  }

  #killSubmitter(submitter: SubmitterPlayer): void {
    submitter.kill();
    this.#theatre.journal.count("submitter");
  }

  #killJob(random: Random): void {
    const { stage, journal } = this.#theatre;
    const pids = recentWriters(stage.ground.trace).filter((pid) => runsJobs(pid, stage.folder));
    const pid = random.pick(pids);
    if (pid === undefined) return;
    try {
      process.kill(pid, "SIGKILL");
      journal.count("job");
    } catch {
      // It has ended just now.
    }
  }

  /** One that is suspended is not dead: what it has in hand stays there. */
  async #suspend(worker: WorkerPlayer, random: Random): Promise<void> {
    const { journal, workers } = this.#theatre;
    worker.pause();
    journal.count("suspension");
    await sleep(random.whole(50, 2_000));
    if (worker.pid === undefined) return;
    if (random.chance(0.4)) this.#kill([worker], workers, "suspended worker");
    else worker.resume();
  }

  /**
   * While it is suspended, what shows others that it lives is taken away. They settle what it had
   * in hand; and when it goes on, it must write nothing, and end.
   */
  async #rob(worker: WorkerPlayer, random: Random): Promise<void> {
    const { stage, journal, window } = this.#theatre;
    const life = worker.life!;
    const key = window.keyOf(life.name);
    const folder = join(stage.meetingPlace, key ?? "");
    if (key === undefined || !existsSync(folder)) return;
    worker.pause();
    // The signal takes a moment. One that is in the middle of a commit keeps everybody from writing.
    await sleep(20);
    if (!window.isFree) return worker.resume();
    const inHand = window.inHand(key);
    life.struck = { ...instant(), how: "robbed" };
    rmSync(folder, { recursive: true });
    journal.count("robbery");
    const settled = await within(PATIENCE_MS, () => window.keyOf(life.name) === undefined);
    if (!settled) journal.violations.push(`nobody has settled the jobs of ${life.name}, robbed`);
    if (random.chance(0.3)) await sleep(random.whole(0, 1_000));
    else await within(REDO_MS, () => window.areRunning(inHand));
    life.letGo = instant();
    worker.resume();
    if (await within(PATIENCE_MS, () => life.ended !== undefined)) {
      const { code, signal } = life.ended!;
      if (code !== null && code !== 0) return;
      journal.violations.push(`robbed worker ${life.name} ended with ${code ?? signal}`);
    } else {
      journal.violations.push(`robbed worker ${life.name} goes on: ${worker.lastWords(life)}`);
      worker.signal("SIGKILL");
    }
  }
}

async function within(ms: number, look: () => boolean): Promise<boolean> {
  for (const until = performance.now() + ms; performance.now() < until; ) {
    if (look()) return true;
    await sleep(10);
  }
  return look();
}
