import { markLoadFailure } from "../../job/load-failure.js";
import type { Outcome } from "../../job/outcome.js";
import type { StandardStream } from "../attribution.js";
import type { ChildRules } from "../executor.js";
import type { Mark } from "../mark.js";
import type { Assignment, Command, Report } from "../messages.js";
import { Abort } from "./abort.js";
import { callFunction } from "./call-function.js";
import { describeError } from "./describe-error.js";
import { loadFunction } from "./load-function.js";
import { Tenure } from "./tenure.js";

/** `more` says that another attempt follows at once, so that the report may wait for company. */
export type SendReport = (report: Report, more: boolean) => void;

/** Ends the output of an attempt; answers in which streams that can be seen. */
export type CutOutput = (n: number, ms: number) => StandardStream[] | undefined;

/** What a child has to say, and how. */
export interface Voice {
  readonly report: SendReport;
  readonly cutOutput: CutOutput;
}

/** The child's side: runs what it is sent, one after the other, and reports how each ended. */
export class Attempts {
  readonly #mark: Mark;
  readonly #report: SendReport;
  readonly #cutOutput: CutOutput;
  readonly #root: string;
  readonly #confined: boolean;
  readonly #tenure: Tenure;
  #waiting: Assignment[] = [];
  #running: { n: number; abort: Abort; startedMs: number } | undefined;

  constructor(mark: Mark, root: string, rules: ChildRules, { report, cutOutput }: Voice) {
    this.#mark = mark;
    this.#root = root;
    this.#confined = rules.confined ?? false;
    this.#tenure = new Tenure(rules);
    this.#report = report;
    this.#cutOutput = cutOutput;
    report({ type: "ready" }, false);
  }

  receive(command: Command): void {
    if (command.type === "exit") process.exit(0);
    if (command.type === "abort") {
      this.#running?.abort.abort(command.reason);
      return;
    }
    const idle = this.#running === undefined && this.#waiting.length === 0;
    this.#waiting.push(...command.assignments);
    if (idle) void this.#work();
  }

  /** An error that nobody caught: it belongs to the attempt that runs, and the child is spoilt. */
  crash(error: unknown): void {
    if (this.#running !== undefined) {
      const { n, startedMs } = this.#running;
      const outcome = { type: "failed", error: `uncaught: ${describeError(error)}` } as const;
      const ms = performance.now() - startedMs;
      const cut = this.#cutOutput(n, Number.POSITIVE_INFINITY);
      this.#report({ type: "ended", n, ms, outcome, last: true, cut }, false);
    }
    process.exit(1);
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { n } = next;
      if (!this.#mark.begin(n)) {
        this.#report({ type: "skipped", n }, false);
        continue;
      }
      const begunMs = performance.now();
      const running = { n, abort: new Abort(), startedMs: begunMs };
      this.#running = running;
      const fn = await loadFunction(next.function, this.#root, this.#confined).catch(asError);
      // The first attempt in a child also loads the module; that is no measure of the job.
      if (typeof fn === "function") running.startedMs = performance.now();
      const outcome: Outcome =
        typeof fn === "function"
          ? await callFunction(fn, next, running.abort, (told) =>
              this.#report({ ...told, n }, false),
            )
          : {
              type: "failed",
              error: markLoadFailure(describeError(fn.thrown), next.function),
            };
      this.#running = undefined;
      const endedMs = performance.now();
      const ms = endedMs - running.startedMs;
      // Node remembers a module that failed to load: once it is mended, a new child will see it.
      const last = this.#tenure.isOver() || typeof fn !== "function";
      const cut = this.#cutOutput(n, last ? Number.POSITIVE_INFINITY : endedMs - begunMs);
      this.#report({ type: "ended", n, ms, outcome, last, cut }, !last && this.#waiting.length > 0);
      if (last) process.exit(0);
    }
  }
}

function asError(thrown: unknown): { thrown: unknown } {
  return { thrown };
}
