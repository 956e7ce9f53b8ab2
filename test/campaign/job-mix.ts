import type { JobOptions } from "../../src/index.js";
import type { Random } from "./random.js";

type Kind =
  | "noop"
  | "nap"
  | "busy"
  | "program"
  | "deaf"
  | "throws"
  | "flaky"
  | "suicide"
  | "overdue"
  | "stubborn";

/** How often each kind of job comes. */
const WEIGHTS: Readonly<Record<Kind, number>> = {
  noop: 26,
  nap: 22,
  busy: 14,
  program: 8,
  deaf: 7,
  throws: 7,
  flaky: 6,
  suicide: 6,
  overdue: 3,
  stubborn: 0.3,
};

const NONE = Object.fromEntries(
  Object.keys(WEIGHTS).map((kind) => [kind, 0]),
) as unknown as typeof WEIGHTS;

/** Where a job's function is found, and where it writes down what it does. */
export interface Ground {
  /** The module of `test/fixtures/campaign`. */
  readonly module: string;
  readonly trace: string;
  /** Most jobs take their time, and return. */
  readonly long: boolean;
}

/** The same where jobs are to be long, and how many times longer than usual they are then. */
const LONG_WEIGHTS: typeof WEIGHTS = { ...NONE, nap: 10, program: 3 };
const STRETCH = 6;

/** A job of any kind, with any rules, that may depend on some of these. */
export function anyJob(random: Random, ground: Ground, parents: readonly string[]): JobOptions {
  const kind = random.weighted(ground.long ? LONG_WEIGHTS : WEIGHTS);
  const dependencies = parents.filter(() => random.chance(0.5)).slice(0, 3);
  return {
    function: `${ground.module}#${kind}`,
    name: kind,
    params: { trace: ground.trace, ...paramsOf(kind, random, ground.long ? STRETCH : 1) },
    maxAttempts: kind === "stubborn" ? 1 : random.whole(1, 4),
    timeout: timeoutOf(kind, random),
    priority: random.whole(0, 2),
    ...(random.chance(0.2) ? { retryDelay: random.whole(1, 5) / 10 } : {}),
    ...(dependencies.length > 0 ? { dependencies } : {}),
    onParentFailure: random.weighted({ cancel: 6, run: 3, wait: 1 }),
  };
}

function paramsOf(kind: Kind, random: Random, stretch: number): Record<string, unknown> {
  switch (kind) {
    case "nap":
      return { ms: stretch * random.whole(1, 400) };
    case "busy":
      return { ms: random.whole(50, 300) };
    case "program":
      return { ms: stretch * random.whole(100, 500) };
    case "deaf":
      return { ms: random.whole(50, 400) };
    case "throws":
      return { ms: random.whole(0, 30) };
    case "flaky":
      return { ms: random.whole(0, 50), from: random.whole(2, 4) };
    case "suicide":
      return {
        ms: random.whole(0, 40),
        from: random.whole(2, 4),
        ...(random.chance(0.3) ? { code: random.whole(0, 5) } : {}),
      };
    case "stubborn":
      return { ms: 4_000 };
    default:
      return {};
  }
}

function timeoutOf(kind: Kind, random: Random): number | null {
  if (kind === "overdue" || kind === "stubborn") return random.whole(2, 5) / 10;
  return random.pick([null, 60])!;
}
