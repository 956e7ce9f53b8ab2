import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cancelInsteadOfRetry,
  FINISHED,
  isFinished,
  JOB_STATUSES,
  JobStatus,
  onParentEnd,
  orphanReason,
  type Settled,
  type Settlement,
  settle,
  TRANSITIONS,
} from "../../src/job/lifecycle.js";
import type { Outcome } from "../../src/job/outcome.js";

const LEASE = { seq: 7, number: 3, workerId: "w-0" };
const TIME = { startedAt: 1_000, endedAt: 5_000 };

/** Every way there is from one status to another. */
const ARROWS = [
  "pending → running: claim",
  "pending → cancelled: cancel",
  "pending → cancelled: orphan",
  "running → completed: complete",
  "running → pending: retry",
  "running → pending: release",
  "running → failed: fail",
  "running → timeout: expire",
  "running → cancelled: kill",
  "failed → pending: requeue",
  "timeout → pending: requeue",
  "cancelled → pending: requeue",
  "cancelled → pending: restore",
];

void test("the state machine has these arrows and no others", () => {
  const arrows = Object.entries(TRANSITIONS).flatMap(([name, { from, to }]) =>
    from.map((status) => `${status} → ${to}: ${name}`),
  );
  assert.deepEqual(arrows.sort(), ARROWS.toSorted());
});

void test("each transition says when it is taken", () => {
  for (const { when } of Object.values(TRANSITIONS)) assert.match(when, /\w/);
});

void test("a job is pending, running or over, under one of six names", () => {
  assert.deepEqual(JOB_STATUSES.toSorted(), Object.values(JobStatus).sort());
  assert.equal(JOB_STATUSES.length, 6);
  const over = JOB_STATUSES.filter((status) => status !== "pending" && status !== "running");
  assert.deepEqual(FINISHED.toSorted(), over.toSorted());
  assert.deepEqual(JOB_STATUSES.filter(isFinished).sort(), over.toSorted());
});

/** What is decided for a job with three attempts and a delay of two seconds. */
const DECISIONS: readonly (readonly [string, Outcome, number, Partial<Settlement>])[] = [
  [
    "an attempt that completed",
    { type: "completed", result: "[1]" },
    1,
    { transition: "complete", result: "[1]", attempt: { status: "completed", error: null } },
  ],
  [
    "a failure with attempts left",
    { type: "failed", error: "E" },
    2,
    { transition: "retry", error: "E", runAt: 7_000, attempt: { status: "failed", error: "E" } },
  ],
  [
    "a failure of the last attempt",
    { type: "failed", error: "E" },
    3,
    { transition: "fail", error: "E", attempt: { status: "failed", error: "E" } },
  ],
  [
    "a timeout with attempts left",
    { type: "timeout" },
    1,
    {
      transition: "retry",
      error: "ran past its timeout of 1.5 s",
      runAt: 7_000,
      attempt: { status: "timeout", error: "ran past its timeout of 1.5 s" },
    },
  ],
  [
    "a timeout of the last attempt",
    { type: "timeout" },
    3,
    {
      transition: "expire",
      error: "ran past its timeout of 1.5 s",
      attempt: { status: "timeout", error: "ran past its timeout of 1.5 s" },
    },
  ],
  [
    "a lost worker with attempts left",
    { type: "lost", error: "gone" },
    2,
    {
      transition: "retry",
      error: "gone",
      runAt: 7_000,
      attempt: { status: "lost", error: "gone" },
    },
  ],
  [
    "a worker lost in the last attempt",
    { type: "lost", error: "gone" },
    3,
    { transition: "fail", error: "gone", attempt: { status: "lost", error: "gone" } },
  ],
  [
    "an attempt that was killed, whatever is left",
    { type: "cancelled" },
    1,
    {
      transition: "kill",
      error: "cancelled while it was running",
      attempt: { status: "cancelled", error: "cancelled while it was running" },
    },
  ],
  [
    "an attempt that was given back",
    { type: "released" },
    2,
    { transition: "release", attempts: 1 },
  ],
];

for (const [what, outcome, attempts, decision] of DECISIONS) {
  void test(`settle decides on ${what}: ${decision.transition}`, () => {
    assert.deepEqual(settle(job({ attempts }), LEASE, outcome, TIME), {
      lease: LEASE,
      status: TRANSITIONS[decision.transition!].to,
      attempts,
      result: null,
      error: null,
      runAt: null,
      attempt: null,
      ...TIME,
      ...decision,
    });
  });
}

void test("every decision is an arrow that begins at running", () => {
  for (const [, outcome, attempts] of DECISIONS) {
    const { transition } = settle(job({ attempts }), LEASE, outcome, TIME);
    assert.deepEqual(TRANSITIONS[transition].from, ["running"]);
  }
});

void test("a retry without a delay may run at once", () => {
  const settlement = settle(job({ retryDelayMs: 0 }), LEASE, { type: "timeout" }, TIME);
  assert.equal(settlement.runAt, null);
});

void test("a job that is to be killed is cancelled where it would be tried again", () => {
  const retry = settle(job({}), LEASE, { type: "failed", error: "E" }, TIME);
  assert.deepEqual(cancelInsteadOfRetry(retry), {
    ...retry,
    transition: "kill",
    status: "cancelled",
    runAt: null,
  });
  const release = settle(job({}), LEASE, { type: "released" }, TIME);
  assert.equal(cancelInsteadOfRetry(release).error, "cancelled while it was running");
});

void test("what the end of a parent means is for the child to choose", () => {
  for (const policy of ["cancel", "wait", "run"] as const) {
    assert.equal(onParentEnd("completed", policy), "free");
  }
  for (const status of ["failed", "timeout", "cancelled"] as const) {
    assert.equal(onParentEnd(status, "cancel"), "cancel");
    assert.equal(onParentEnd(status, "wait"), "keep-waiting");
    assert.equal(onParentEnd(status, "run"), "free");
  }
});

void test("a child that is cancelled says for whose sake, and why", () => {
  assert.equal(orphanReason(41, "failed"), "parent #41 failed");
  assert.equal(orphanReason(41, "timeout"), "parent #41 timed out");
  assert.equal(orphanReason(41, "cancelled"), "parent #41 was cancelled");
});

function job(said: Partial<Settled>): Settled {
  return {
    seq: 7,
    attempts: 1,
    maxAttempts: 3,
    timeoutMs: 1_500,
    retryDelayMs: 2_000,
    backoff: "fixed",
    ...said,
  };
}
