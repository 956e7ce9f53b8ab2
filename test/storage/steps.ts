import fc from "fast-check";
import type { Backoff, JobSpec, OnParentFailure } from "../../src/job/job.js";
import type { JobStatus } from "../../src/job/lifecycle.js";
import type { Outcome } from "../../src/job/outcome.js";
import type { ChangeVerb } from "../../src/storage/storage.js";

/**
 * One thing that may happen to a queue. A `pick` is any number; the walk takes it modulo what
 * there is to choose from, so that every step can be taken at any time.
 */
export type Step =
  | { readonly do: "insert"; readonly jobs: readonly NewJob[]; readonly childrenFirst: boolean }
  | {
      readonly do: "advance";
      readonly worker: "a" | "b";
      readonly claims: number;
      readonly only: number | null;
      readonly endings: readonly Ending[];
    }
  | {
      readonly do: "change";
      readonly verb: ChangeVerb;
      /** Asks it of jobs whose status forbids it, too. */
      readonly anyway: boolean;
      readonly picks: readonly number[];
    }
  | {
      readonly do: "remove";
      readonly status: JobStatus;
      readonly limit: number;
      readonly agoMs: number | null;
      readonly dryRun: boolean;
    }
  | { readonly do: "wait"; readonly ms: number };

export interface NewJob {
  readonly said: Partial<JobSpec>;
  readonly delayMs: number;
  readonly parents: readonly Parent[];
}

export interface Parent {
  /** `batch` may lead in a circle; `earlier`, in the same batch, cannot. */
  readonly from: "stored" | "earlier" | "batch" | "nowhere";
  readonly pick: number;
}

export interface Ending {
  readonly pick: number;
  /** Settles an attempt that was settled before, if there is one. */
  readonly again: boolean;
  /** Settles it in the name of another. */
  readonly thief: boolean;
  readonly outcome: Outcome;
}

const pick = fc.nat(1_000);
const rarely = often([11, false], [1, true]);

const newJob: fc.Arbitrary<NewJob> = fc.record({
  said: fc.record({
    priority: often([3, 0], [1, -5], [1, 100]),
    maxAttempts: fc.integer({ min: 1, max: 3 }),
    retryDelayMs: often([3, 0], [1, 100]),
    backoff: fc.constantFrom<Backoff[]>("fixed", "exponential"),
    onParentFailure: often<OnParentFailure>([4, "cancel"], [2, "run"], [1, "wait"]),
    passParentResults: fc.constantFrom(null, true, false),
  }),
  delayMs: often([5, 0], [1, 50], [1, 200]),
  parents: fc.array(
    fc.record({
      from: often<Parent["from"]>([20, "stored"], [12, "earlier"], [1, "batch"], [1, "nowhere"]),
      pick,
    }),
    { maxLength: 3, size: "max" },
  ),
});

const ending: fc.Arbitrary<Ending> = fc.record({
  pick,
  again: rarely,
  thief: rarely,
  outcome: often<Outcome>(
    [4, { type: "completed", result: '{"a":1}' }],
    [1, { type: "completed", result: "null" }],
    [5, { type: "failed", error: "Error: thrown" }],
    [2, { type: "timeout" }],
    [1, { type: "lost", error: "its worker is gone" }],
    [1, { type: "cancelled" }],
    [2, { type: "released" }],
  ),
});

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("insert" as const),
      jobs: fc.array(newJob, { minLength: 1, maxLength: 4, size: "max" }),
      childrenFirst: fc.boolean(),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      worker: fc.constantFrom("a" as const, "b" as const),
      claims: often([1, 0], [3, 1], [3, 2], [3, 4]),
      only: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: pick }),
      endings: fc.array(ending, { maxLength: 4, size: "max" }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("change" as const),
      verb: often<ChangeVerb>([2, "cancel"], [2, "kill"], [3, "requeue"]),
      anyway: rarely,
      picks: fc.array(pick, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("remove" as const),
      status: often<JobStatus>([2, "completed"], [2, "cancelled"], [1, "failed"], [1, "timeout"]),
      limit: often([1, 1], [1, 3], [2, 100]),
      agoMs: fc.option(fc.constantFrom(0, 50, 200), { freq: 1 }),
      dryRun: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 50, 100, 2_000),
    }),
  },
);

/** Between ten and thirty of them. Without bias: extreme picks are no more telling than others. */
export const WALK: fc.Arbitrary<Step[]> = fc.noBias(
  fc.array(STEP, { minLength: 10, maxLength: 30, size: "max" }),
);

/** One of these values, as often as its weight says. */
function often<T>(...choices: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
}
