import type { ChildProcess } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import type { Isolation } from "../../src/index.js";
import { instant, type Journal, type Life } from "./journal.js";
import { Player } from "./player.js";
import type { Random } from "./random.js";
import type { Stage } from "./stage.js";

const ISOLATIONS: Readonly<Record<Isolation, number>> = { process: 17, thread: 2, inline: 1 };

/** A `gigq worker`. */
export class WorkerPlayer extends Player {
  readonly #stage: Stage;
  readonly #journal: Journal;
  life: Life | undefined;

  constructor(name: string, random: Random, stage: Stage, journal: Journal) {
    super(name, random);
    this.#stage = stage;
    this.#journal = journal;
  }

  protected launch(name: string): ChildProcess {
    const isolation = this.random.weighted(ISOLATIONS);
    const life: Life = { name, isolation, started: instant(), pauses: [], witnesses: [] };
    this.life = life;
    this.#journal.lives.set(name, life);
    const flags = {
      concurrency: this.random.whole(2, isolation === "inline" ? 2 : 4),
      isolation,
      "worker-id": name,
      "shutdown-timeout": 60,
      "log-format": "json",
    };
    const words = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
    return this.#stage.gigq(name, ["worker", ...words], "ignore");
  }

  /** It works, and has said so; it is not stopped, and nothing was done to it. */
  get isWell(): boolean {
    if (this.pid === undefined || this.life === undefined) return false;
    const { struck, pauses, name } = this.life;
    if (struck !== undefined || pauses.some(({ to }) => to === undefined)) return false;
    return statSync(this.#stage.log(name)).size > 0;
  }

  get isPaused(): boolean {
    return this.pid !== undefined && (this.life?.pauses.some((p) => p.to === undefined) ?? false);
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
    if (this.isRetired && code === 0) return;
    this.#journal.violations.push(
      `worker ${life.name} ended by itself, with ${code ?? signal}: ${this.lastWords(life)}`,
    );
  }

  /** The last lines of its log. */
  lastWords(life: Life): string {
    return readFileSync(this.#stage.log(life.name), "utf8").trimEnd().slice(-600);
  }
}
