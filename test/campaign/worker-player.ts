import type { ChildProcess } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import type { Isolation } from "../../src/index.js";
import { instant, type Journal, type Life } from "./journal.js";
import { Player } from "./player.js";
import type { Random } from "./random.js";
import type { Stage } from "./stage.js";

/** How often a worker runs its jobs so. */
export type Isolations = Readonly<Record<Isolation, number>>;

/** A `gigq worker`. */
export class WorkerPlayer extends Player {
  readonly #stage: Stage;
  readonly #journal: Journal;
  readonly #isolations: Isolations;
  life: Life | undefined;

  constructor(
    name: string,
    random: Random,
    { stage, journal, isolations }: { stage: Stage; journal: Journal; isolations: Isolations },
  ) {
    super(name, random);
    this.#isolations = isolations;
    this.#stage = stage;
    this.#journal = journal;
  }

  protected launch(name: string): ChildProcess {
    const isolation = this.random.weighted(this.#isolations);
    const life: Life = { name, isolation, started: instant(), pauses: [], witnesses: [] };
    this.life = life;
    this.#journal.lives.set(name, life);
    const flags = {
      concurrency: this.random.whole(2, isolation === "inline" ? 2 : 4),
      isolation,
      "worker-id": name,
      "shutdown-timeout": 60,
      "log-format": "json",
      ...(isolation === "process" && this.random.chance(0.3) ? { "max-jobs-per-child": 20 } : {}),
    };
    const words = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
    return this.#stage.gigq(name, ["worker", ...words], "ignore");
  }

  /** It works, and has said so; it is not suspended, and nothing was done to it. */
  get isWell(): boolean {
    return this.#isFree && this.#hasSpoken;
  }

  /** It has not come so far as to say that it works. */
  get isStarting(): boolean {
    return this.#isFree && !this.#hasSpoken;
  }

  get #isFree(): boolean {
    if (this.pid === undefined || this.life === undefined) return false;
    const { struck, pauses } = this.life;
    return struck === undefined && pauses.every(({ to }) => to !== undefined);
  }

  get #hasSpoken(): boolean {
    return statSync(this.#stage.log(this.life!.name)).size > 0;
  }

  kill(others: readonly WorkerPlayer[]): void {
    this.life!.witnesses = others.filter((other) => other.isWell).map((other) => other.life!.name);
    this.life!.struck = { ...instant(), how: "killed" };
    this.signal("SIGKILL");
  }

  pause(): void {
    this.life!.pauses.push({ from: instant() });
    this.signal("SIGSTOP");
  }

  /** Lets it go on, unless it is dead. */
  resume(): void {
    const pause = this.life?.pauses.at(-1);
    if (pause !== undefined) pause.to ??= instant();
    this.signal("SIGCONT");
  }

  protected ended(code: number | null, signal: NodeJS.Signals | null): void {
    const life = this.life!;
    life.ended = { ...instant(), code, signal };
    if (life.struck !== undefined) return;
    // One that was told to stop before it could hear ends at once, with nothing in hand.
    if (this.isRetired && (code === 0 || !this.#hasSpoken)) return;
    this.#journal.violations.push(
      `worker ${life.name} ended by itself, with ${code ?? signal}: ${this.lastWords(life)}`,
    );
  }

  /** The last lines of its log. */
  lastWords(life: Life): string {
    return readFileSync(this.#stage.log(life.name), "utf8").trimEnd().slice(-600);
  }
}
