import fc from "fast-check";

/** One thing to do to a queue; what exactly follows from the seed and from what is there. */
export interface DagStep {
  readonly do: "submit" | "work" | "die" | "cancel" | "kill" | "requeue" | "remove" | "wait";
  /** How many jobs it is about, at most. */
  readonly size: number;
  readonly seed: number;
}

const WEIGHTS: Readonly<Record<DagStep["do"], number>> = {
  submit: 4,
  work: 10,
  die: 1,
  cancel: 1,
  kill: 1,
  requeue: 3,
  remove: 3,
  wait: 2,
};

const seed = fc.noShrink(fc.noBias(fc.nat(2 ** 31)));

const kind: fc.Arbitrary<DagStep["do"]> = fc.oneof(
  ...Object.entries(WEIGHTS).map(([name, weight]) => ({
    weight,
    arbitrary: fc.constant(name as DagStep["do"]),
  })),
);

/** A few batches of a few jobs, and what becomes of them; made smaller when it fails. */
export const SMALL: fc.Arbitrary<DagStep[]> = fc.noBias(
  fc.array(fc.record({ do: kind, size: fc.integer({ min: 1, max: 12 }), seed }), {
    minLength: 5,
    maxLength: 30,
    size: "max",
  }),
);

/** Exactly 2,000 jobs in batches between which things happen already, and then more things. */
export const LARGE: fc.Arbitrary<DagStep[]> = fc.noShrink(
  fc
    .record({
      cuts: fc.noBias(fc.array(fc.nat(1_800), { minLength: 4, maxLength: 6, size: "max" })),
    })
    .chain(({ cuts }) => {
      const ends = [...new Set([...cuts, 1_999])].sort((a, b) => a - b).map((end) => end + 1);
      const sizes = ends.map((end, index) => end - (ends[index - 1] ?? 0));
      const busy = fc.noBias(
        fc.record({ do: kind.filter((name) => name !== "submit"), size: sizeOfLarge, seed }),
      );
      const between = fc.array(busy, { minLength: 2, maxLength: 4, size: "max" });
      const after = fc.array(busy, { minLength: 12, maxLength: 18, size: "max" });
      const batches = sizes.map((size) =>
        fc
          .tuple(seed, between)
          .map(([seed, rest]) => [{ do: "submit" as const, size, seed }, ...rest]),
      );
      return fc
        .tuple(fc.tuple(...batches), after)
        .map(([parts, rest]) => [...parts.flat(), ...rest]);
    }),
);

const sizeOfLarge = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 300 }));
