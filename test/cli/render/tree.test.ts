import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth } from "../../../src/cli/render/display-width.js";
import { PLAIN, type Theme } from "../../../src/cli/render/theme.js";
import { renderTree } from "../../../src/cli/render/tree.js";
import type { JobInfo, JobSummary } from "../../../src/index.js";
import { aJob, NOW_MS } from "./a-job.js";

type Given = Partial<JobInfo> & { after?: readonly number[] };

/** Jobs #1, #2, … that depend on each other by number; the id is the number as text. */
function jobsOf(given: readonly Given[]): JobSummary[] {
  return given.map(({ after = [], ...rest }, index) => {
    const { executions: _, ...job } = aJob({ name: "job", ...rest });
    const waitingOn = rest.waitingOn ?? (job.status === "pending" ? after.length : 0);
    return {
      ...job,
      waitingOn,
      seq: index + 1,
      id: `${index + 1}`,
      dependencies: after.map(String),
    };
  });
}

function tree(
  given: readonly Given[],
  {
    asked = 1,
    theme = PLAIN,
    ...more
  }: { asked?: number; theme?: Theme; cleared?: string[]; truncated?: boolean } = {},
): string[] {
  const jobs = jobsOf(given);
  const family = { id: `${asked}`, jobs, cleared: [], truncated: false, ...more };
  return renderTree(family, theme, NOW_MS).split("\n");
}

void test("a job without relatives is one line, and marked as the one asked for", () => {
  assert.deepEqual(tree([{ name: "import" }]), ["import #1 ◀  pending"]);
});

void test("a diamond shows each job once, and the bottom below the last of its parents", () => {
  assert.deepEqual(
    tree(
      [
        { name: "fetch", status: "failed", attempts: 3, error: "TypeError: no\n    at x" },
        { name: "left", after: [1], onParentFailure: "wait" },
        { name: "right", after: [1], status: "running", attempts: 1 },
        { name: "report", after: [2, 3] },
      ],
      { asked: 4 },
    ),
    [
      "fetch #1  failed after 3 attempts: TypeError: no",
      "├─ left #2  pending, waits for fetch #1 (failed)  → report #4",
      "└─ right #3  running, attempt 1 of 3",
      "   ↓ report #4 ◀  pending, waits for left #2 and right #3 (running)",
    ],
  );
});

void test("of 500 children that are alike two are shown, and those that differ", () => {
  const children = Array.from({ length: 500 }, (_, index): Given => {
    const failed = index === 100;
    return {
      name: "thumb",
      after: [1],
      status: failed ? "failed" : "completed",
      attempts: 1,
      error: failed ? "Error: no luck" : null,
    };
  });
  const lines = tree([
    { name: "split", status: "completed" },
    ...children,
    {
      name: "join",
      after: children.map((_, index) => index + 2),
      waitingOn: 1,
      onParentFailure: "wait",
    },
  ]);
  assert.deepEqual(lines, [
    "split #1 ◀  completed",
    "├─ thumb #2  completed  → join #502",
    "├─ thumb #3  completed  → join #502",
    "├─ … 496 more thumb, completed (#4 to #500)  → join #502",
    "├─ thumb #102  failed after 1 attempt: Error: no luck  → join #502",
    "└─ thumb #501  completed",
    "   ↓ join #502  pending, waits for thumb #102 (failed)",
  ]);
});

void test("the one that was asked for is shown, however many are like it", () => {
  const children = Array.from({ length: 10 }, (): Given => ({ after: [1], waitingOn: 1 }));
  const lines = tree([{ status: "running", attempts: 1 }, ...children], { asked: 7 });
  assert.deepEqual(lines.slice(1), [
    "├─ job #2  pending, waits for job #1 (running)",
    "├─ job #3  pending, waits for job #1 (running)",
    "├─ … 7 more job, pending (#4 to #11)",
    "└─ job #7 ◀  pending, waits for job #1 (running)",
  ]);
});

void test("branches that are alike stand for each other with all that is below them", () => {
  const lines = tree([
    { name: "split", status: "running", attempts: 1 },
    ...Array.from({ length: 20 }, (_, index): Given[] => [
      { name: "page", after: [1] },
      { name: "thumb", after: [2 + index * 2] },
    ]).flat(),
  ]);
  assert.deepEqual(lines.slice(1), [
    "├─ page #2  pending, waits for split #1 (running)",
    "│  ↓ thumb #3  pending, waits for page #2",
    "├─ page #4  pending, waits for split #1 (running)",
    "│  ↓ thumb #5  pending, waits for page #4",
    "└─ … 18 more page, pending (#6 to #40), with 1 below each",
  ]);
});

void test("a chain of 300 stays in its column, and every line of anything fits the width", () => {
  const chain = Array.from({ length: 300 }, (_, n): Given => ({ after: n === 0 ? [] : [n] }));
  const lines = tree(chain, { asked: 150 });
  assert.equal(lines.length, 300);
  assert.ok(lines.slice(1).every((line) => line.startsWith("↓ job #")));
  assert.equal(lines[149], "↓ job #150 ◀  pending, waits for job #149");
  const theme = { ...PLAIN, width: 60 };
  const error = "Error: 画像が見つかりません ".repeat(20);
  const ladder = chain.flatMap((_, n): Given[] => [
    { name: "rung", after: n === 0 ? [] : [n * 2 - 1] },
    { name: "leaf", after: [n * 2 + 1], status: "failed", attempts: 1, error },
  ]);
  const shown = tree(ladder, { theme });
  for (const line of shown) assert.ok(displayWidth(line) <= 60, line);
  assert.ok(shown.some((line) => /^⋯ below rung #\d+:$/.test(line)));
  assert.equal(shown.filter((line) => /(leaf|rung) #\d+( ◀)? {2}/.test(line)).length, 600);
});

void test("parents that were cleared are there with their ids", () => {
  assert.deepEqual(tree([{ after: [71, 72], waitingOn: 0 }], { cleared: ["71", "72"] }), [
    "71  cleared  → job #1",
    "72  cleared",
    "↓ job #1 ◀  pending",
  ]);
  const ids = Array.from({ length: 9 }, (_, index) => String(71 + index));
  assert.deepEqual(tree([{ after: ids.map(Number), waitingOn: 0 }], { cleared: ids }).slice(2, 4), [
    "… 6 more, cleared  → job #1",
    "79  cleared",
  ]);
});

void test("parents outside of the family are counted, and that it was cut is said", () => {
  assert.deepEqual(tree([{}, { after: [1, 8, 9] }], { truncated: true }), [
    "job #1 ◀  pending",
    "↓ job #2  pending, waits for job #1 and 2 more",
    "Only the nearest 2 jobs are shown",
  ]);
});

void test("statuses are coloured, and what users wrote does nothing to the terminal", () => {
  const paint = (text: string) => `<${text}>`;
  const theme = { ...PLAIN, status: { ...PLAIN.status, completed: paint } };
  assert.deepEqual(tree([{ name: "a\x1b[2J\nb", status: "completed" }], { theme }), [
    "a b #1 ◀<  completed>",
  ]);
});
