import assert from "node:assert/strict";
import { after, before } from "node:test";
import {
  type Attempt,
  createExecutor,
  type Executor,
  type ExecutorOptions,
} from "../../src/executor/executor.js";
import type { Isolation } from "../../src/job/isolation.js";
import type { Outcome } from "../../src/job/outcome.js";
import { eventually } from "./eventually.js";
import { fixture, PROJECT } from "./paths.js";

/** An attempt at `file#export` of the fixtures in `executor/`. */
export function attemptAt(
  address: string,
  params: object = {},
  rules: Partial<Attempt> = {},
): Attempt {
  return attemptOf(fixture(`executor/${address}`), params, rules);
}

/** An attempt at a function, wherever that is. */
export function attemptOf(
  address: string,
  params: object = {},
  rules: Partial<Attempt> = {},
): Attempt {
  return {
    turn: 0,
    function: address,
    params: JSON.stringify(params),
    jobId: "0193a1f2-7c3e-7d52-9b4e-2f0c1a8e6b11",
    attempt: 1,
    timeoutMs: null,
    parentResults: null,
    passParentResults: null,
    ...rules,
  };
}

/** A test, or whatever else comes to an end. */
interface Lasting {
  after(action: () => Promise<void>): void;
}

export interface Ending {
  readonly attempt: Attempt;
  readonly outcome: Outcome;
  readonly ms: number;
}

/** What was heard of an attempt while it ran; `attempt` is `undefined` for what is nobody's. */
export interface Heard {
  readonly attempt: Attempt | undefined;
  readonly stream: "stdout" | "stderr" | "log" | "progress";
  readonly bytes: Buffer;
}

/**
 * An executor with somebody who listens. When the test is over it is closed, and every attempt that
 * was dispatched must have ended exactly once.
 */
export class Driver {
  readonly executor: Executor;
  readonly endings: readonly Ending[];
  readonly heard: readonly Heard[];
  readonly #dispatched: Attempt[] = [];
  #turns = 0;

  private constructor(executor: Executor, endings: Ending[], heard: Heard[]) {
    this.executor = executor;
    this.endings = endings;
    this.heard = heard;
  }

  static async open(
    t: Lasting,
    isolation: Isolation,
    options: Partial<ExecutorOptions> = {},
  ): Promise<Driver> {
    const endings: Ending[] = [];
    const heard: Heard[] = [];
    const hear = (stream: Heard["stream"], bytes: Buffer, attempt?: Attempt) => {
      const over = endings.some((ending) => ending.attempt === attempt);
      assert.ok(!over, `written after the end: ${bytes}`);
      heard.push({ attempt, stream, bytes });
    };
    const executor = await createExecutor(
      isolation,
      {
        slots: 1,
        root: PROJECT,
        graces: { abortMs: 100, termMs: 200 },
        idleMs: 60_000,
        ...options,
      },
      {
        begun: () => {},
        ended: (attempt, outcome, ms) => endings.push({ attempt, outcome, ms }),
        roomier: () => {},
        refused: () => {},
        output: hear,
        progress: (attempt, progress) =>
          hear("progress", Buffer.from(JSON.stringify(progress)), attempt),
      },
    );
    const driver = new Driver(executor, endings, heard);
    t.after(() => driver.#closeAndCount());
    return driver;
  }

  /** Everything that was written to a stream so far, or by one attempt only. */
  said(stream: Heard["stream"], attempt?: Attempt): string {
    const bytes = this.heard
      .filter((one) => one.stream === stream && (attempt ?? one.attempt) === one.attempt)
      .map((one) => one.bytes);
    return Buffer.concat(bytes).toString();
  }

  get output(): { readonly stdout: string; readonly stderr: string } {
    return { stdout: this.said("stdout"), stderr: this.said("stderr") };
  }

  /** Gives each attempt its turn, as a worker would. */
  dispatch(attempts: readonly Attempt[], slot = 0): void {
    for (const attempt of attempts) {
      this.#turns += 1;
      Object.assign(attempt, { turn: this.#turns });
    }
    this.#dispatched.push(...attempts);
    this.executor.dispatch(slot, attempts);
  }

  async ended(attempt: Attempt): Promise<Ending> {
    return eventually(`the end of an attempt at ${attempt.function}`, () =>
      this.endings.find((ending) => ending.attempt === attempt),
    );
  }

  /** Runs one attempt to its end, as soon as the slot has room. */
  async run(attempt: Attempt, slot = 0): Promise<Outcome> {
    await eventually("room", () => this.executor.room(1, true).includes(slot));
    this.dispatch([attempt], slot);
    return (await this.ended(attempt)).outcome;
  }

  /**
   * Runs attempts as a worker would, each slot filled up to `depth`: what comes back as released is
   * dispatched again. Answers their last outcomes.
   */
  async drain(attempts: readonly Attempt[], depth = 1): Promise<Outcome[]> {
    const outcomes: (Outcome | undefined)[] = attempts.map(() => undefined);
    const under = new Map<Attempt, number>();
    const todo = new Set(attempts.keys());
    let seen = this.endings.length;
    await eventually("all attempts to end", () => {
      for (; seen < this.endings.length; seen++) {
        const { attempt, outcome } = this.endings[seen]!;
        const index = under.get(attempt);
        if (index === undefined) continue;
        if (outcome.type === "released") todo.add(index);
        else outcomes[index] = outcome;
      }
      const next = [...todo].sort((a, b) => a - b);
      const bySlot = new Map<number, Attempt[]>();
      for (const slot of this.executor.room(depth, true).slice(0, next.length)) {
        const index = next.shift()!;
        // A copy, so that an attempt that is dispatched twice can be told apart.
        const attempt = { ...attempts[index]! };
        todo.delete(index);
        under.set(attempt, index);
        bySlot.set(slot, [...(bySlot.get(slot) ?? []), attempt]);
      }
      for (const [slot, batch] of bySlot) this.dispatch(batch, slot);
      return outcomes.every((outcome) => outcome !== undefined);
    });
    return outcomes as Outcome[];
  }

  async #closeAndCount(): Promise<void> {
    await this.executor.close();
    const ends = new Map<Attempt, number>(this.#dispatched.map((attempt) => [attempt, 0]));
    for (const { attempt } of this.endings) ends.set(attempt, (ends.get(attempt) ?? 0) + 1);
    const wrong = [...ends].filter(([, count]) => count !== 1);
    assert.deepEqual(wrong, [], "each attempt ends exactly once");
  }
}

/** One driver for all tests of a `describe`, to be called in its body. */
export function sharedDriver(
  isolation: Isolation,
  options: Partial<ExecutorOptions> = {},
): () => Driver {
  let driver: Driver | undefined;
  let close = async () => {};
  const suite: Lasting = {
    after: (action) => {
      close = action;
    },
  };
  before(async () => {
    driver = await Driver.open(suite, isolation, options);
  });
  after(() => close());
  return () => driver!;
}

/** The error of an attempt that failed. */
export function errorOf(outcome: Outcome): string {
  assert.equal(outcome.type, "failed", JSON.stringify(outcome).slice(0, 500));
  return (outcome as Outcome & { type: "failed" }).error;
}

/** What an attempt that completed has returned. */
export function resultOf(outcome: Outcome): unknown {
  assert.equal(outcome.type, "completed", JSON.stringify(outcome).slice(0, 500));
  return JSON.parse((outcome as Outcome & { type: "completed" }).result);
}
