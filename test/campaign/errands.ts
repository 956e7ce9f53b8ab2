import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { JobOptions } from "../../src/index.js";
import { anyJob } from "./job-mix.js";
import { type Blow, instant, type Journal } from "./journal.js";
import type { Random } from "./random.js";
import type { Stage } from "./stage.js";
import type { Window } from "./window.js";

type Errand = "submit" | "batch" | "clear" | "cancel" | "force" | "requeue";

const WEIGHTS: Readonly<Record<Errand, number>> = {
  submit: 2,
  batch: 4,
  clear: 2,
  cancel: 1,
  force: 2,
  requeue: 2,
};

/** Exit codes that say nothing bad: a job was cleared, or has ended, in the meantime. */
const HARMLESS: readonly (number | null)[] = [0, 3, 4];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Somebody at a shell: calls one command after the other, of which some are killed. */
export class Errands {
  readonly #stage: Stage;
  readonly #journal: Journal;
  readonly #window: Window;
  readonly #random: Random;
  readonly #running = new Set<Promise<void>>();
  #count = 0;

  constructor(stage: Stage, journal: Journal, window: Window, random: Random) {
    this.#stage = stage;
    this.#journal = journal;
    this.#window = window;
    this.#random = random;
  }

  /** Begins one that takes a moment. */
  begin(): void {
    const errand = this.#random.weighted(WEIGHTS);
    const running = this.#do(errand, `${errand}.${++this.#count}`).finally(() =>
      this.#running.delete(running),
    );
    this.#running.add(running);
  }

  /** Begins one of these, to be killed for sure. */
  beginAndKill(errand: "batch" | "clear"): void {
    const running = this.#do(errand, `${errand}.${++this.#count}`, true).finally(() =>
      this.#running.delete(running),
    );
    this.#running.add(running);
  }

  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #do(errand: Errand, name: string, toBeKilled = false): Promise<void> {
    switch (errand) {
      case "submit":
        return this.#submit(name);
      case "batch":
        return this.#submitBatch(name, toBeKilled);
      case "clear":
        return this.#clear(name, toBeKilled);
      case "cancel":
        return this.#change(name, ["cancel"], this.#journal.cancelled, ["pending"]);
      case "force":
        return this.#change(name, ["cancel", "--force"], this.#journal.cancelled, [
          "running",
          "pending",
        ]);
      case "requeue":
        return this.#change(name, ["requeue"], this.#journal.requeued, [
          "failed",
          "timeout",
          "cancelled",
        ]);
    }
  }

  async #submit(name: string): Promise<void> {
    const job = this.#job();
    const words = [
      job.function as string,
      ...["--params", JSON.stringify(job.params), "--name", job.name!],
      ...["--max-attempts", String(job.maxAttempts), "--timeout", `${job.timeout ?? "none"}`],
      ...["--priority", String(job.priority), "--on-parent-failure", job.onParentFailure!],
      ...(job.dependencies ?? []).flatMap((id) => ["--depends-on", id]),
    ];
    await this.#call(name, ["submit", ...words], {
      line: (id) => this.#acknowledge(id, job),
    });
  }

  async #submitBatch(name: string, toBeKilled: boolean): Promise<void> {
    const jobs = Array.from({ length: this.#random.whole(1, 10) }, () => this.#job());
    const file = join(this.#stage.folder, `${name}.jsonl`);
    writeFileSync(file, jobs.map((job) => `${JSON.stringify(job)}\n`).join(""));
    const killAs = toBeKilled ? "submit" : undefined;
    let line = 0;
    await this.#call(name, ["submit", "--batch", file], {
      killAs,
      line: (id) => this.#acknowledge(id, jobs[line++]!),
    });
  }

  async #clear(name: string, toBeKilled: boolean): Promise<void> {
    const { flags, statuses } = this.#random.pick([
      { flags: ["--before", "5s"], statuses: ["completed", "cancelled"] },
      { flags: ["--before", "2s", "--status", "completed"], statuses: ["completed"] },
      { flags: ["--before", "20s"], statuses: ["completed", "cancelled"] },
    ])!;
    const clearing = { statuses, started: instant(), ended: { ms: Infinity, ns: Infinity } };
    this.#journal.clearings.push(clearing);
    // What completes after this is too young to be cleared.
    this.#journal.remember(this.#window.completed());
    await this.#call(name, ["clear", ...flags], { killAs: toBeKilled ? "clear" : undefined });
    clearing.ended = instant();
  }

  async #change(
    name: string,
    words: string[],
    marked: Set<string>,
    statuses: string[],
  ): Promise<void> {
    const candidates = this.#window.ids(...statuses).slice(-100);
    const ids = Array.from({ length: this.#random.whole(1, 3) }, () =>
      this.#random.pick(candidates),
    );
    const named = [...new Set(ids)].filter((id) => id !== undefined);
    if (named.length === 0) return;
    for (const id of named) marked.add(id);
    await this.#call(name, [...words, ...named], {});
  }

  #job(): JobOptions {
    const parents = this.#random.chance(0.2)
      ? [...this.#journal.acknowledged.keys()].slice(-3)
      : [];
    return anyJob(this.#random, this.#stage.ground, parents);
  }

  #acknowledge(id: string, { maxAttempts, dependencies }: JobOptions): void {
    if (!UUID.test(id)) return;
    this.#journal.acknowledged.set(id, {
      id,
      maxAttempts: maxAttempts!,
      dependencies: dependencies ?? [],
    });
  }

  async #call(
    name: string,
    args: readonly string[],
    how: { killAs?: Blow | undefined; line?: (line: string) => void },
  ): Promise<void> {
    const child = this.#stage.gigq(name, args);
    createInterface({ input: child.stdout! }).on("line", (line) => how.line?.(line));
    const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
    if (how.killAs !== undefined) this.#killSoon(child, how.killAs);
    const [code, signal] = await closed;
    if (HARMLESS.includes(code) || (signal === "SIGKILL" && how.killAs !== undefined)) return;
    const words = readFileSync(this.#stage.log(name), "utf8").slice(-400);
    this.#journal.violations.push(`gigq ${args[0]} ended with ${code ?? signal}: ${words}`);
  }

  /** At any time between its start and about its end; counted only when it came in time. */
  #killSoon(child: ChildProcess, blow: Blow): void {
    const timer = setTimeout(
      () => {
        if (child.exitCode === null && child.kill("SIGKILL")) this.#journal.count(blow);
      },
      this.#random.whole(100, 450),
    );
    child.once("exit", () => clearTimeout(timer));
  }
}
