import assert from "node:assert/strict";
import { test } from "node:test";
import { RestartPause } from "../../src/cli/restart-pause.js";
import { WholeLines } from "../../src/cli/whole-lines.js";

function passed(...pieces: readonly string[]): string[] {
  const written: string[] = [];
  const lines = new WholeLines((text) => written.push(Buffer.from(text).toString()));
  for (const piece of pieces) lines.push(Buffer.from(piece));
  lines.end();
  return written;
}

void test("lines are passed on whole, wherever they were cut", () => {
  assert.deepEqual(passed("one\ntwo\n"), ["one\ntwo\n"]);
  assert.deepEqual(passed("o", "n", "e\ntw", "o\n"), ["one\n", "two\n"]);
  assert.deepEqual(passed("", "\n", "\n"), ["\n", "\n"]);
  assert.deepEqual(passed(), []);
});

void test("a last line without a break gets one, so that nothing is added to it", () => {
  assert.deepEqual(passed("one\nand the re", "st"), ["one\n", "and the rest\n"]);
});

void test("a line without end is passed on in parts, and not kept in memory", () => {
  const part = "x".repeat(600 * 1024);
  assert.deepEqual(
    passed(part, part, part, "\n").map((text) => text.length),
    [2 * part.length, part.length + 1],
  );
});

void test("who dies at once again and again is started ever later, up to half a minute", () => {
  const pause = new RestartPause();
  const pauses = Array.from({ length: 11 }, () => pause.after(50));
  assert.deepEqual(pauses.slice(0, 4), [100, 200, 400, 800]);
  assert.deepEqual(pauses.slice(-2), [30_000, 30_000]);
});

void test("who had lived for a while is followed at once, and all begins anew", () => {
  const pause = new RestartPause();
  pause.after(50);
  pause.after(50);
  assert.equal(pause.after(60_000), 0);
  assert.equal(pause.after(50), 100);
});
