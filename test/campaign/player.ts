import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Random } from "./random.js";

/** One part in the play: a process that is started again soon after it ended, until it retires. */
export abstract class Player {
  readonly name: string;
  protected readonly random: Random;
  #child: ChildProcess | undefined;
  #generation = 0;
  #retired = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(name: string, random: Random) {
    this.name = name;
    this.random = random;
  }

  /** Starts the process; `name` tells it from those before it. */
  protected abstract launch(name: string): ChildProcess;

  /** It has ended, in whatever way. */
  protected abstract ended(code: number | null, signal: NodeJS.Signals | null): void;

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRetired(): boolean {
    return this.#retired;
  }

  start(): void {
    const child = this.launch(`${this.name}.${++this.#generation}`);
    this.#child = child;
    child.once("close", (code, signal) => {
      this.#child = undefined;
      this.ended(code, signal);
      if (this.#retired) return;
      this.#restart = setTimeout(() => this.start(), this.random.whole(20, 400));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Is not started again; resolves when it has ended after this signal. */
  async retire(signal: NodeJS.Signals): Promise<void> {
    this.#retired = true;
    clearTimeout(this.#restart);
    if (this.#child === undefined) return;
    const exited = once(this.#child, "close");
    this.signal("SIGCONT");
    this.signal(signal);
    await exited;
  }
}
