import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../support/temporary-folder.js";
import { checkRuns } from "./check-runs.js";
import { Journal } from "./journal.js";
import type { Records } from "./records.js";
import { readTrace, recentWriters, type Trace } from "./trace.js";

const FIRST = ["begin 100 a 11 worker1.1 job 1 .", "alive 200 a 11  ."];
const SECOND = ["begin 300 b 12 worker2.1 job 2 .", "end 400 b 12 returned ."];

void test("a line that was cut off spoils no other", async (t) => {
  const { trace } = await written(t, [...FIRST, "alive 250 a", "end 290 a 11 threw ."]);
  assert.equal(trace.torn, 1);
  assert.deepEqual(
    trace.runs.map(({ nonce, end }) => [nonce, end?.how]),
    [["a", "threw"]],
  );
});

void test("attempts that follow each other are no overlap", async (t) => {
  const { violations } = await written(t, [...FIRST, ...SECOND]);
  assert.deepEqual(violations, []);
});

void test("a word of an attempt after the next has begun is an overlap, whoever says it", async (t) => {
  const late = ["alive 301 a 11  .", "alive - a 13 ."];
  for (const line of late) {
    const { violations } = await written(t, [...FIRST, ...SECOND, line]);
    assert.match(violations.join(), /^overlap .*attempt 1 .* went on after attempt 2 /);
  }
});

void test("time tells of an overlap that the order of the lines hides", async (t) => {
  const { violations } = await written(t, [...FIRST, "alive 301 a 11  .", ...SECOND]);
  assert.match(violations.join(), /^overlap /);
});

void test("an attempt that begins twice, and one too many, are told", async (t) => {
  const again = ["begin 500 c 13 worker1.1 job 2 .", "begin 600 d 14 worker1.1 job 3 ."];
  const { violations } = await written(t, [...FIRST, ...SECOND, ...again]);
  assert.match(violations[0]!, /^an attempt has begun twice: attempt 2 /);
  assert.match(violations[1]!, /^job job has begun 4 times, and may 2 times/);
});

void test("who wrote last can be found", async (t) => {
  const { path } = await written(t, [...FIRST, ...SECOND, "alive - a 13 ."]);
  assert.deepEqual(recentWriters(path), [11, 12]);
});

async function written(
  t: TestContext,
  lines: readonly string[],
): Promise<{ path: string; trace: Trace; violations: string[] }> {
  const path = join(temporaryFolder(t), "trace");
  writeFileSync(path, lines.map((line) => `\n${line}\n`).join(""));
  const trace = await readTrace(path);
  const journal = new Journal();
  journal.acknowledged.set("job", { id: "job", maxAttempts: 2, dependencies: [] });
  const records: Records = {
    journal,
    jobs: [],
    cleared: 0,
    jobOf: new Map(),
    attemptsOf: new Map(),
    runsOf: new Map([["job", trace.runs]]),
    parentsOf: new Map(),
    revived: new Set(),
  };
  return { path, trace, violations: checkRuns(records) };
}
