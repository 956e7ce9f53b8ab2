import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Acknowledged, Journal } from "./journal.js";
import { Player } from "./player.js";
import type { Random } from "./random.js";
import type { Stage } from "./stage.js";
import type { SubmitterOrders } from "./submitter.js";

const SUBMITTER = fileURLToPath(new URL("./submitter.js", import.meta.url));

/** A program that submits through the library. */
export class SubmitterPlayer extends Player {
  readonly #stage: Stage;
  readonly #journal: Journal;
  readonly #backlog: number;
  #current = "";
  #killed = false;

  constructor(name: string, random: Random, stage: Stage, journal: Journal, backlog: number) {
    super(name, random);
    this.#stage = stage;
    this.#journal = journal;
    this.#backlog = backlog;
  }

  protected launch(name: string): ChildProcess {
    const { product, db, ground } = this.#stage;
    const seed = this.random.whole(0, 2 ** 31);
    const orders: SubmitterOrders = { product, db, ground, seed, backlog: this.#backlog };
    this.#killed = false;
    this.#current = name;
    const child = this.#stage.node(name, [SUBMITTER, JSON.stringify(orders)]);
    createInterface({ input: child.stdout! }).on("line", (line) => this.#heard(line));
    return child;
  }

  kill(): void {
    this.#killed = true;
    this.signal("SIGKILL");
  }

  protected ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#killed || this.isRetired) return;
    const words = readFileSync(this.#stage.log(this.#current), "utf8").slice(-600);
    this.#journal.violations.push(
      `${this.#current} ended by itself, with ${code ?? signal}: ${words}`,
    );
  }

  /** A line that was cut off acknowledges nothing. */
  #heard(line: string): void {
    try {
      const job = JSON.parse(line) as Acknowledged;
      this.#journal.acknowledged.set(job.id, job);
    } catch {}
  }
}
