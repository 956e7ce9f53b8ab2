import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobRecord, OnParentFailure } from "../../src/job/job.js";
import { isFinished, JOB_STATUSES, type JobStatus } from "../../src/job/lifecycle.js";
import type { Kin } from "../../src/queue/kin.js";
import type { WorkerInfo } from "../../src/queue/list-workers.js";
import type { Reason } from "../../src/queue/reason.js";
import { reasonsOf } from "../../src/queue/why.js";
import type { WhyFacts } from "../../src/queue/why-facts.js";
import { spec } from "../../src/storage/contract/spec.js";

const NOW = 1_800_000_000_000;
const iso = (ms: number) => new Date(ms).toISOString();

/** Every type of reason: one that no test here gives fails the last of them. */
const TYPES: Readonly<Record<Reason["type"], true>> = {
  running: true,
  "next-in-slot": true,
  "worker-dead": true,
  "being-killed": true,
  completed: true,
  ended: true,
  parent: true,
  "more-parents": true,
  delayed: true,
  "attempt-failed": true,
  "load-failed": true,
  behind: true,
  "no-worker": true,
  "not-taken": true,
  "all-busy": true,
  "about-to-start": true,
};

const seen = new Set<string>();

function job(said: Partial<JobRecord> = {}): JobRecord {
  const { status = "pending" } = said;
  const isRunning = status === "running";
  return {
    ...spec({ id: "job", name: "report" }),
    seq: 9,
    status,
    attempts: isRunning ? 1 : 0,
    waitingOn: 0,
    orphanedBy: null,
    result: null,
    error: null,
    createdAt: NOW,
    updatedAt: NOW,
    startedAt: isRunning ? NOW - 5 : null,
    finishedAt: isFinished(status) ? NOW - 1 : null,
    lease: isRunning ? 1 : 0,
    workerId: isRunning ? "box-0" : null,
    cancelRequested: false,
    progress: null,
    ...said,
  };
}

/** An ancestor; its number is its id. */
function kin(seq: number, status: JobStatus, said: Partial<Kin> = {}): Kin {
  const base = { seq, id: `${seq}`, name: `kin${seq}`, status, runAt: null, orphanedBy: null };
  const parents = said.dependencies ?? [];
  const waitingOn = status === "pending" ? parents.length : 0;
  return { ...base, onParentFailure: "wait", dependencies: parents, waitingOn, ...said };
}

function worker(said: Partial<WorkerInfo> = {}): WorkerInfo {
  return {
    workerId: "box",
    key: "k",
    host: "h",
    pid: 1,
    startedAt: iso(NOW),
    concurrency: 1,
    isolation: "process",
    minPriority: null,
    names: null,
    state: "alive",
    jobs: [],
    ...said,
  };
}

function inHand(seq: number, slot = "box-0"): WorkerInfo["jobs"][number] {
  return { id: `${seq}`, seq, name: "x", attempt: 1, slot, startedAt: iso(NOW) };
}

function reasons(
  of: JobRecord,
  {
    ancestors = [],
    causes = [],
    ...given
  }: Partial<Omit<WhyFacts, "causes" | "kin">> & { ancestors?: Kin[]; causes?: Kin[] } = {},
): Reason[] {
  const found = reasonsOf({
    job: of,
    lastAttempt: undefined,
    kin: new Map([[of.id, of as Kin], ...ancestors.map((one) => [one.id, one] as const)]),
    causes: new Map(causes.map((one) => [one.seq, one])),
    workers: [],
    ahead: { higher: 0, earlier: 0 },
    countedTo: 100,
    now: NOW,
    ...given,
  });
  for (const { type } of found) seen.add(type);
  return found;
}

const types = (found: readonly Reason[]) => found.map(({ type }) => type);

type Situation = readonly [
  said: string,
  workers: readonly WorkerInfo[],
  ahead: number,
  whenReady: Reason["type"][],
  always: Reason["type"][],
];

/** Who works, what comes first, and what of that is a reason when a job is ready, or always. */
const SITUATIONS: readonly Situation[] = [
  ["nobody", [], 0, [], ["no-worker"]],
  ["nobody, and others come first", [], 3, ["behind"], ["no-worker"]],
  ["a dead worker", [worker({ state: "dead" })], 0, [], ["no-worker"]],
  ["one that takes other names", [worker({ names: ["x*"] })], 0, [], ["not-taken"]],
  ["one that takes other priorities", [worker({ minPriority: 1 })], 0, [], ["not-taken"]],
  ["a busy one", [worker({ jobs: [inHand(1)] })], 0, ["all-busy"], []],
  [
    "a busy one, and others come first",
    [worker({ jobs: [inHand(1)] })],
    2,
    ["behind", "all-busy"],
    [],
  ],
  [
    "a busy one, and one that does not take it",
    [worker({ jobs: [inHand(1)] }), worker({ names: ["x"] })],
    0,
    ["all-busy"],
    [],
  ],
  [
    "a free one",
    [worker({ concurrency: 2, jobs: [inHand(1), inHand(2)] })],
    0,
    ["about-to-start"],
    [],
  ],
  ["a free one, and others come first", [worker()], 1, ["behind"], []],
  [
    "two slots, and another comes first",
    [worker({ concurrency: 2 })],
    1,
    ["behind", "about-to-start"],
    [],
  ],
  [
    "a free one that may leave alone what comes first",
    [worker({ names: ["rep*"] })],
    5,
    ["about-to-start"],
    [],
  ],
  [
    "a busy one that may leave alone what comes first",
    [worker({ names: ["rep*"], jobs: [inHand(1)] })],
    5,
    ["all-busy"],
    [],
  ],
  [
    "a busy one that takes all, and a free one that may leave alone what comes first",
    [worker({ jobs: [inHand(1)] }), worker({ names: ["rep*"] })],
    5,
    ["behind", "about-to-start"],
    [],
  ],
  [
    "a free one that takes what comes first, for it has the priority",
    [worker({ minPriority: 0 })],
    5,
    ["behind"],
    [],
  ],
];

const POLICIES = Object.keys({
  cancel: true,
  wait: true,
  run: true,
} satisfies Record<OnParentFailure, true>) as OnParentFailure[];

/** A parent in each status, under each policy, or none; and whether that is a reason. */
const PARENTS = [
  undefined,
  ...JOB_STATUSES.flatMap((status) => POLICIES.map((policy) => ({ status, policy }))),
];

void test("each state of a pending job has its reasons, and no others", () => {
  let states = 0;
  for (const parent of PARENTS) {
    for (const delayMs of [null, -1, 60_000]) {
      for (const [said, workers, earlier, whenReady, always] of SITUATIONS) {
        states += 1;
        const blocks =
          parent !== undefined &&
          parent.status !== "completed" &&
          !(parent.policy === "run" && isFinished(parent.status));
        const isDelayed = delayMs !== null && delayMs > 0;
        const it = job({
          dependencies: parent === undefined ? [] : ["1"],
          onParentFailure: parent?.policy ?? "cancel",
          waitingOn: blocks ? 1 : 0,
          runAt: delayMs === null ? null : NOW + delayMs,
        });
        const ancestors = parent === undefined ? [] : [kin(1, parent.status)];
        const found = types(reasons(it, { ancestors, workers, ahead: { higher: 0, earlier } }));
        const expected = [
          ...(blocks ? ["parent"] : []),
          ...(isDelayed ? ["delayed"] : []),
          ...(blocks || isDelayed ? [] : whenReady),
          ...always,
        ];
        const state = `${said}; parent ${parent?.status} ${parent?.policy}; delay ${delayMs}`;
        assert.deepEqual(found, expected, state);
        const isForGood =
          found.includes("parent") && isFinished(parent!.status) && parent!.policy === "wait";
        const [first] = reasons(it, { ancestors, workers });
        if (first!.type === "parent") assert.equal(first!.requeue !== null, isForGood, state);
      }
    }
  }
  assert.equal(states, PARENTS.length * 3 * SITUATIONS.length);
});

void test("each status but pending says what the job is doing, or how it ended", () => {
  const ends: Record<Exclude<JobStatus, "pending">, Reason["type"]> = {
    running: "running",
    completed: "completed",
    failed: "ended",
    timeout: "ended",
    cancelled: "ended",
  };
  for (const status of JOB_STATUSES.filter((one) => one !== "pending")) {
    for (const [, workers] of SITUATIONS) {
      assert.deepEqual(types(reasons(job({ status }), { workers })), [ends[status]], status);
    }
  }
});

void test("a running job is told with its slot, and what has become of its worker", () => {
  const it = job({ status: "running", maxAttempts: 3 });
  const running = {
    type: "running",
    slot: "box-0",
    since: iso(NOW - 5),
    attempt: 1,
    maxAttempts: 3,
  };
  assert.deepEqual(reasons(it, { workers: [worker({ jobs: [inHand(9)] })] }), [running]);
  const dead = worker({ state: "dead", jobs: [inHand(9)] });
  const death = { type: "worker-dead", workerId: "box", host: "h" };
  assert.deepEqual(reasons(it, { workers: [dead] }), [death, { type: "no-worker" }]);
  assert.deepEqual(reasons(it, { workers: [dead, worker()] }), [death]);
  const killed = { ...it, cancelRequested: true };
  assert.deepEqual(reasons(killed, { workers: [worker({ jobs: [inHand(9)] })] }), [
    running,
    { type: "being-killed", workerId: "box" },
  ]);
  const jobs = [inHand(4), inHand(5, "box-1"), inHand(6), inHand(9)];
  assert.deepEqual(reasons(it, { workers: [worker({ concurrency: 2, jobs })] }), [
    { type: "next-in-slot", slot: "box-0", before: 2 },
  ]);
});

void test("of a job that did not complete it is told which one to requeue", () => {
  const error = "Error: no luck";
  const ended = (status: JobStatus, requeue: object) => ({
    type: "ended",
    status,
    at: iso(NOW - 1),
    attempts: 2,
    error,
    requeue,
  });
  const own = { id: "job", seq: 9, name: "report" };
  for (const status of ["failed", "timeout", "cancelled"] as const) {
    assert.deepEqual(reasons(job({ status, attempts: 2, error })), [ended(status, own)]);
  }
  const orphan = job({ status: "cancelled", attempts: 2, error, orphanedBy: 8 });
  const middle = kin(8, "cancelled", { orphanedBy: 7 });
  assert.deepEqual(reasons(orphan, { causes: [middle, kin(7, "failed")] }), [
    ended("cancelled", { id: "7", seq: 7, name: "kin7" }),
  ]);
  for (const status of ["completed", "running", "pending"] as const) {
    const causes = [middle, kin(7, status)];
    assert.deepEqual(reasons(orphan, { causes }), [
      ended("cancelled", { id: "8", seq: 8, name: "kin8" }),
    ]);
  }
});

void test("a failed attempt is a reason, and that the module could not be loaded another", () => {
  const failed = "TypeError: no\n    at x (/app/jobs.js:1:1)";
  const unloaded = "SyntaxError: no\n    while loading /app/jobs.js";
  const workers = [worker()];
  const retried = job({ attempts: 1, maxAttempts: 3, runAt: NOW + 10, error: failed });
  assert.deepEqual(reasons(retried, { workers, lastAttempt: { error: failed } }), [
    { type: "delayed", until: iso(NOW + 10), cause: "retry" },
    { type: "attempt-failed", attempts: 1, maxAttempts: 3, error: failed },
  ]);
  assert.deepEqual(reasons(job({ attempts: 1 }), { workers, lastAttempt: { error: unloaded } }), [
    { type: "load-failed", module: "/app/jobs.js", error: unloaded },
    { type: "about-to-start" },
  ]);
  assert.deepEqual(types(reasons(job(), { workers, lastAttempt: { error: failed } })), [
    "about-to-start",
  ]);
  assert.deepEqual(reasons(job({ runAt: NOW + 10 }), { workers }), [
    { type: "delayed", until: iso(NOW + 10), cause: "run-at" },
  ]);
  assert.deepEqual(types(reasons(job({ status: "failed", attempts: 3, error: unloaded }))), [
    "ended",
    "load-failed",
  ]);
});

void test("each parent is told with what it waits for itself, those first that will never end", () => {
  const it = job({ dependencies: ["1", "2", "3", "4"], waitingOn: 3, onParentFailure: "wait" });
  const ancestors = [
    kin(1, "running"),
    kin(2, "pending", { dependencies: ["5"] }),
    kin(3, "completed"),
    kin(4, "pending", { dependencies: ["6"] }),
    kin(5, "pending", { runAt: NOW + 60_000 }),
    kin(6, "cancelled", { orphanedBy: 7 }),
  ];
  const found = reasons(it, { ancestors, causes: [kin(7, "timeout")], workers: [worker()] });
  const told = found.map((reason) =>
    reason.type === "parent"
      ? [reason.way.map(({ seq, status }) => `${seq} ${status}`).join(", "), reason.requeue?.seq]
      : reason,
  );
  assert.deepEqual(told, [
    ["4 pending, 6 cancelled", 7],
    ["1 running", undefined],
    ["2 pending, 5 pending", undefined],
  ]);
  const [, , delayed] = found;
  assert.ok(delayed?.type === "parent");
  assert.equal(delayed.way[1]!.runAt, iso(NOW + 60_000));
});

void test("of many parents ten are told of, and how many more there are", () => {
  const ids = Array.from({ length: 500 }, (_, index) => `${100 + index}`);
  const it = job({ dependencies: ids, waitingOn: 500 });
  const ancestors = ids.map((id) => kin(Number(id), "running"));
  const found = reasons(it, { ancestors, workers: [worker()] });
  assert.deepEqual(found.slice(10), [{ type: "more-parents", count: 490 }]);
});

void test("jobs that come first are told by kind, and that there may be more", () => {
  const behind = (higher: number, earlier: number) =>
    reasons(job(), { ahead: { higher, earlier }, workers: [worker()] });
  const type = "behind";
  assert.deepEqual(behind(2, 3), [{ type, higher: 2, earlier: 3, atLeast: false }]);
  assert.deepEqual(behind(100, 3), [{ type, higher: 100, earlier: 3, atLeast: true }]);
  assert.deepEqual(behind(0, 100), [{ type, higher: 0, earlier: 100, atLeast: true }]);
});

void test("every type of reason was given by a test", () => {
  assert.deepEqual([...seen].sort(), Object.keys(TYPES).sort());
});
