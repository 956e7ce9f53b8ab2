import assert from "node:assert/strict";
import { test } from "node:test";
import { renderExplanation } from "../../../src/cli/render/reason.js";
import { PLAIN } from "../../../src/cli/render/theme.js";
import { renderMoment } from "../../../src/cli/render/time.js";
import type { Ancestor, Reason } from "../../../src/index.js";
import { ago, aJob, NOW_MS } from "./a-job.js";

const SELF = { id: "i41", seq: 41, name: "import" };

function ancestor(seq: number, status: Ancestor["status"], runAt: string | null = null): Ancestor {
  return { id: `i${seq}`, seq, name: "fetch", status, runAt };
}

/** Each type of reason, with how it is told and what is to be done; one without would not compile. */
const SENTENCES: Readonly<{
  [Type in Reason["type"]]: readonly (readonly [Reason & { type: Type }, string, next?: string])[];
}> = {
  running: [
    [
      { type: "running", slot: "box-0", since: ago(4), attempt: 1, maxAttempts: 3 },
      `runs on box-0 since ${renderMoment(ago(4))} (4s), attempt 1 of 3`,
      "gigq logs 41",
    ],
  ],
  "next-in-slot": [
    [
      { type: "next-in-slot", slot: "box-0", before: 1 },
      "was handed to box-0, which has 1 job to run first",
    ],
  ],
  "worker-dead": [
    [
      { type: "worker-dead", workerId: "box", host: "srv" },
      "its worker box on srv is dead; the next worker takes it over",
    ],
  ],
  "being-killed": [
    [
      { type: "being-killed", workerId: "box" },
      "somebody asked for it to be killed, and its worker box is about to do so",
    ],
  ],
  completed: [[{ type: "completed", at: ago(60) }, "completed 1m ago"]],
  ended: [
    [
      {
        type: "ended",
        status: "failed",
        at: ago(60),
        attempts: 3,
        error: "TypeError: bad\n    at x",
        requeue: SELF,
      },
      "failed 1m ago, after 3 attempts: TypeError: bad",
      "gigq requeue 41",
    ],
    [
      { type: "ended", status: "timeout", at: ago(60), attempts: 1, error: null, requeue: SELF },
      "timed out 1m ago, after 1 attempt",
      "gigq requeue 41",
    ],
    [
      {
        type: "ended",
        status: "cancelled",
        at: ago(60),
        attempts: 0,
        error: "parent #2 failed",
        requeue: ancestor(2, "failed"),
      },
      "was cancelled 1m ago: parent #2 failed; it comes back when fetch #2 is requeued",
      "gigq requeue 2",
    ],
  ],
  parent: [
    [
      { type: "parent", way: [ancestor(1, "running")], requeue: null },
      "waits for fetch #1, which is running",
    ],
    [
      { type: "parent", way: [ancestor(2, "pending"), ancestor(1, "pending")], requeue: null },
      "waits for fetch #2, which waits for fetch #1, which is ready",
    ],
    [
      { type: "parent", way: [ancestor(1, "pending", ago(-120))], requeue: null },
      "waits for fetch #1, which is due in 2m",
    ],
    [
      {
        type: "parent",
        way: [ancestor(9, "pending"), ancestor(8, "pending"), ancestor(1, "timeout")],
        requeue: ancestor(1, "timeout"),
      },
      "waits for fetch #9, which waits, through 1 more, for fetch #1, which timed out: it can never run unless that is requeued",
      "gigq requeue 1",
    ],
    [
      { type: "parent", way: [ancestor(2, "cancelled")], requeue: ancestor(1, "failed") },
      "waits for fetch #2, which was cancelled: it can never run unless fetch #1 is requeued",
      "gigq requeue 1",
    ],
  ],
  "more-parents": [[{ type: "more-parents", count: 490 }, "waits for 490 more parents"]],
  delayed: [
    [
      { type: "delayed", until: ago(-2), cause: "retry" },
      `is tried again at ${renderMoment(ago(-2))} (in 2s), after an attempt that did not complete`,
    ],
    [
      { type: "delayed", until: ago(-7_200), cause: "run-at" },
      `was submitted to run at ${renderMoment(ago(-7_200))} (in 2h), and not before`,
    ],
  ],
  "attempt-failed": [
    [
      { type: "attempt-failed", attempts: 1, maxAttempts: 3, error: "Error: no\n    at x" },
      "attempt 1 of 3 did not complete: Error: no",
      "gigq logs 41",
    ],
  ],
  "load-failed": [
    [
      {
        type: "load-failed",
        module: "/app/jobs.js",
        error: "SyntaxError: no\n    while loading x",
      },
      "its module /app/jobs.js could not be loaded: SyntaxError: no",
    ],
  ],
  behind: [
    [
      { type: "behind", higher: 2, earlier: 1_200, atLeast: false },
      "2 jobs of higher priority and 1,200 jobs submitted earlier come first",
    ],
    [
      { type: "behind", higher: 1, earlier: 0, atLeast: false },
      "1 job of higher priority comes first",
    ],
    [
      { type: "behind", higher: 0, earlier: 10_000, atLeast: true },
      "at least 10,000 jobs submitted earlier come first",
    ],
  ],
  "no-worker": [[{ type: "no-worker" }, "no worker is alive on this queue", "gigq worker"]],
  "not-taken": [
    [
      {
        type: "not-taken",
        workers: [
          { workerId: "a", minPriority: 50, names: null },
          { workerId: "b", minPriority: 1, names: ["x-*", "y"] },
        ],
      },
      "no worker takes it: a takes only jobs with priority 50 or higher; b takes only jobs with priority 1 or higher and the name x-*, y",
      "gigq worker",
    ],
    [
      {
        type: "not-taken",
        workers: [{ workerId: "a\x1b[2J", minPriority: null, names: ["x"] }],
      },
      "the worker does not take it: a takes only jobs with the name x",
      "gigq worker",
    ],
  ],
  "all-busy": [
    [{ type: "all-busy", workers: 1, slots: 1 }, "the only slot of the worker is busy"],
    [{ type: "all-busy", workers: 2, slots: 9 }, "all 9 slots of the 2 workers are busy"],
  ],
  "about-to-start": [
    [{ type: "about-to-start" }, "is ready, and a worker is free: it is about to start"],
  ],
};

for (const [type, cases] of Object.entries(SENTENCES)) {
  void test(`a reason is a sentence: ${type}`, () => {
    for (const [reason, sentence, next] of cases) {
      const { executions: _, ...job } = aJob();
      const expected = ["import #41  pending", `  ${sentence}`];
      if (next !== undefined) expected.push(`  next: ${next}`);
      const shown = renderExplanation({ job, reasons: [reason] }, PLAIN, NOW_MS);
      assert.deepEqual(shown.split("\n"), expected);
    }
  });
}

void test("what is to be done is said once, after all reasons", () => {
  const { executions: _, ...job } = aJob();
  const way = [ancestor(1, "failed")];
  const parent: Reason = { type: "parent", way, requeue: way[0]! };
  const shown = renderExplanation(
    { job, reasons: [parent, parent, { type: "no-worker" }] },
    PLAIN,
    NOW_MS,
  );
  assert.match(shown, /\n {2}next: gigq requeue 1 · gigq worker$/);
});
