import assert from "node:assert/strict";
import { test } from "node:test";
import { Batch } from "../../src/storage/batch.js";

/** The sizes of batches of which each piece takes so long, ms. */
function sizes(perPieceMs: (index: number) => number): number[] {
  const batch = new Batch(50);
  return Array.from({ length: 40 }, (_, index) => {
    const { size } = batch;
    batch.took(size * perPieceMs(index));
    return size;
  });
}

for (const [what, ms, size] of [
  ["light", 0.02, 1_000],
  ["heavy", 2, 10],
  ["enormous", 500, 1],
] as const) {
  void test(`batches of ${what} pieces come to take about 20 ms`, () => {
    const settled = sizes(() => ms).slice(20);
    for (const each of settled) assert.ok(each >= size / 2 && each <= size * 2, String(each));
  });
}

void test("a batch grows step by step, and one slow transaction does not shrink it", () => {
  assert.deepEqual(sizes(() => 0.02).slice(0, 5), [50, 100, 200, 400, 800]);
  const settled = sizes((index) => (index % 5 === 0 ? 2 : 0.02)).slice(20);
  for (const each of settled) assert.ok(each >= 400, String(each));
});

void test("a batch never takes more than its most, however short the pieces are", () => {
  assert.equal(sizes(() => 0).at(-1), 10_000);
});
