import assert from "node:assert/strict";
import { test } from "node:test";
import { Pacing } from "../../src/worker/pacing.js";

void test("nothing is sent ahead before it is known how long jobs take", () => {
  assert.equal(new Pacing().depth, 1);
});

void test("many short jobs are sent ahead, within a bound", () => {
  const pacing = new Pacing();
  for (let i = 0; i < 20; i++) pacing.ended(0.01);
  assert.equal(pacing.depth, 256);
  assert.equal(pacing.worthMoreChildren, false);
});

void test("one long job stops the sending ahead, and short ones bring it back", () => {
  const pacing = new Pacing();
  for (let i = 0; i < 20; i++) pacing.ended(1);
  const before = pacing.depth;
  assert.ok(before > 1);
  pacing.ended(1_000);
  assert.equal(pacing.depth, 1);
  for (let i = 0; i < 20; i++) pacing.ended(1);
  assert.ok(pacing.depth > 1);
});

void test("an attempt that came back because it waited too long stops the sending ahead", () => {
  const pacing = new Pacing();
  for (let i = 0; i < 20; i++) pacing.ended(0.01);
  pacing.fellBehind();
  assert.equal(pacing.depth, 1);
});
