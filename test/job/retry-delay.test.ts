import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { retryDelay } from "../../src/job/lifecycle.js";

const HOUR_MS = 3_600_000;

const seq = fc.integer({ min: 1, max: 2 ** 40 });
const attempts = fc.integer({ min: 1, max: 1_000_000 });
const retryDelayMs = fc.integer({ min: 0, max: 315_360_000_000 });

void test("a fixed delay is exactly what was asked for, each time", () => {
  fc.assert(
    fc.property(seq, attempts, retryDelayMs, (seq, attempts, retryDelayMs) => {
      assert.equal(retryDelay({ seq, attempts, retryDelayMs, backoff: "fixed" }), retryDelayMs);
    }),
  );
});

void test("an exponential delay doubles with each attempt, less at most a quarter", () => {
  const doubling = fc.integer({ min: 1, max: 10 });
  const first = fc.integer({ min: 1, max: 5_000 });
  fc.assert(
    fc.property(seq, doubling, first, (seq, attempts, retryDelayMs) => {
      const full = Math.min(retryDelayMs * 2 ** (attempts - 1), HOUR_MS);
      const delay = retryDelay({ seq, attempts, retryDelayMs, backoff: "exponential" });
      between(delay, Math.floor(full * 0.75), full);
    }),
  );
});

void test("an exponential delay is never longer than an hour, or than what was asked for", () => {
  fc.assert(
    fc.property(seq, attempts, retryDelayMs, (seq, attempts, retryDelayMs) => {
      const delay = retryDelay({ seq, attempts, retryDelayMs, backoff: "exponential" });
      between(delay, 0, Math.max(HOUR_MS, retryDelayMs));
      assert.ok(Number.isInteger(delay));
    }),
  );
});

void test("an exponential delay that begins beyond the ceiling stays where it begins", () => {
  const retryDelayMs = 10 * HOUR_MS;
  for (const attempts of [1, 2, 30]) {
    const delay = retryDelay({ seq: 1, attempts, retryDelayMs, backoff: "exponential" });
    between(delay, retryDelayMs * 0.75, retryDelayMs);
  }
});

void test("an exponential delay of nothing begins with a second", () => {
  for (const [attempts, full] of [
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
  ] as const) {
    const delay = retryDelay({ seq: 1, attempts, retryDelayMs: 0, backoff: "exponential" });
    between(delay, full * 0.75, full);
  }
});

void test("the same job and attempt always wait as long", () => {
  fc.assert(
    fc.property(seq, attempts, retryDelayMs, (seq, attempts, retryDelayMs) => {
      const delay = () => retryDelay({ seq, attempts, retryDelayMs, backoff: "exponential" });
      assert.equal(delay(), delay());
    }),
  );
});

void test("jobs that failed together do not come back together", () => {
  const jobs = Array.from({ length: 1_000 }, (_, index) => index + 1);
  const delays = jobs.map((seq) =>
    retryDelay({ seq, attempts: 1, retryDelayMs: 1_000_000, backoff: "exponential" }),
  );
  // Of 250 slices of a thousandth each, most are hit by a thousand jobs that are well spread.
  const slices = new Set(delays.map((delay) => Math.floor(delay / 1_000)));
  assert.ok(slices.size > 200, `only ${slices.size} of 250 slices`);
  for (const delay of delays) between(delay, 750_000, 1_000_000);
});

function between(value: number, least: number, most: number): void {
  assert.ok(value >= least && value <= most, `${value} is not from ${least} to ${most}`);
}
