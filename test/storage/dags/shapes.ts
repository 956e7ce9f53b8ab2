import type { JobSpec, OnParentFailure } from "../../../src/job/job.js";
import { spec } from "../../../src/storage/contract/spec.js";
import type { Random } from "../../campaign/random.js";

/** For each job of a batch, the places in the batch of its parents, which all come before it. */
type Graph = readonly (readonly number[])[];

type Shape = (random: Random, size: number) => Graph;

const SHAPES: Readonly<Record<string, Shape>> = { chain, layers, fan, diamonds, scatter, alone };

/** Jobs that depend on each other in some shape, and on some of those that are stored. */
export function randomBatch(
  random: Random,
  size: number,
  stored: readonly string[],
  now: number,
): JobSpec[] {
  const graph = random.pick(Object.values(SHAPES))!(random, size);
  const blanks = graph.map(() => spec(randomRules(random, now)));
  const jobs = graph.map((parents, place) => {
    const ids = parents.map((parent) => blanks[parent]!.id);
    if (random.chance(parents.length === 0 ? 0.4 : 0.1)) {
      for (let more = random.whole(1, 3); more > 0; more--) ids.push(...one(random, stored));
    }
    return { ...blanks[place]!, dependencies: shuffled(random, [...new Set(ids)]) };
  });
  switch (random.weighted({ parentsFirst: 1, childrenFirst: 1, anyhow: 1 })) {
    case "parentsFirst":
      return jobs;
    case "childrenFirst":
      return jobs.reverse();
    case "anyhow":
      return shuffled(random, jobs);
  }
}

function randomRules(random: Random, now: number): Partial<JobSpec> {
  return {
    priority: random.pick([0, 0, 0, -5, 1, 100])!,
    maxAttempts: random.whole(1, 3),
    retryDelayMs: random.pick([0, 0, 100])!,
    backoff: random.chance(0.2) ? "exponential" : "fixed",
    onParentFailure: random.weighted<OnParentFailure>({ cancel: 4, run: 2, wait: 1 }),
    passParentResults: random.pick([null, true, false])!,
    runAt: random.chance(0.1) ? now + random.whole(0, 300) : null,
  };
}

/** One after the other. */
function chain(_: Random, size: number): Graph {
  return Array.from({ length: size }, (_, place) => (place === 0 ? [] : [place - 1]));
}

/** Each job depends on a few of the layer before. */
function layers(random: Random, size: number): Graph {
  const width = random.whole(1, Math.max(2, Math.floor(size / 3)));
  return Array.from({ length: size }, (_, place) => {
    const first = (Math.floor(place / width) - 1) * width;
    if (first < 0) return [];
    return some(random, random.whole(1, 4), () => first + random.whole(0, width - 1));
  });
}

/** Out of one, and into one again. */
function fan(_: Random, size: number): Graph {
  return Array.from({ length: size }, (_, place) => {
    if (place === 0) return [];
    if (place < size - 1) return [0];
    return Array.from({ length: size - 1 }, (_, parent) => parent);
  });
}

/** Top, sides and bottom, which is the top of the next. */
function diamonds(random: Random, size: number): Graph {
  const sides = random.whole(2, 5);
  return Array.from({ length: size }, (_, place) => {
    const top = place - (place % (sides + 1));
    if (place !== top) return [top];
    return top === 0 ? [] : Array.from({ length: sides }, (_, side) => top - sides + side);
  });
}

/** Any job may depend on any before it. */
function scatter(random: Random, size: number): Graph {
  return Array.from({ length: size }, (_, place) =>
    place === 0 ? [] : some(random, random.whole(0, 3), () => random.whole(0, place - 1)),
  );
}

/** On nobody in the batch. */
function alone(_: Random, size: number): Graph {
  return Array.from({ length: size }, () => []);
}

function some(random: Random, count: number, draw: () => number): number[] {
  return [...new Set(Array.from({ length: count }, draw))].slice(0, random.whole(1, 4));
}

function one<T>(random: Random, list: readonly T[]): T[] {
  const found = random.pick(list);
  return found === undefined ? [] : [found];
}

export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}
