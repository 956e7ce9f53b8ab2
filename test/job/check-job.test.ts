import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { isGigqError } from "../../src/errors.js";
import { checkJob } from "../../src/job/check-job.js";
import { Job, type JobOptions, type JobSpec } from "../../src/job/job.js";
import { LARGEST_JSON } from "../../src/job/json.js";

const PLAIN: JobOptions = { function: "/app/jobs.js#run" };

void test("a job of which only the function was said has three attempts of five minutes", () => {
  assert.deepEqual(checkJob("id", PLAIN), {
    id: "id",
    function: "/app/jobs.js#run",
    name: "run",
    params: "{}",
    description: "",
    priority: 0,
    maxAttempts: 3,
    timeoutMs: 300_000,
    retryDelayMs: 0,
    backoff: "fixed",
    onParentFailure: "cancel",
    passParentResults: null,
    dependencies: [],
    runAt: null,
  });
});

const circle: { self?: object } = {};
circle.self = circle;

/** What is said, and what is kept. */
const GOOD: readonly (readonly [Partial<JobOptions>, Partial<JobSpec>])[] = [
  [{ function: "./jobs.ts#run" }, { function: `${resolve("jobs.ts")}#run` }],
  [{ function: "my-jobs#run" }, { function: "my-jobs#run" }],
  [{ function: new URL("file:///a%20b/jobs.ts#run") }, { function: "/a b/jobs.ts#run" }],
  [{ name: "größe" }, { name: "größe" }],
  [{ params: { a: [1, null, "🎈"] } }, { params: '{"a":[1,null,"🎈"]}' }],
  [{ priority: -(2 ** 31) }, { priority: -(2 ** 31) }],
  [{ priority: 2 ** 31 - 1 }, { priority: 2 ** 31 - 1 }],
  [{ maxAttempts: 1 }, { maxAttempts: 1 }],
  [{ timeout: 0.25 }, { timeoutMs: 250 }],
  [{ timeout: null }, { timeoutMs: null }],
  [{ retryDelay: 1.5 }, { retryDelayMs: 1_500 }],
  [{ backoff: "exponential" }, { backoff: "exponential" }],
  [{ onParentFailure: "run" }, { onParentFailure: "run" }],
  [{ passParentResults: false }, { passParentResults: false }],
  [{ dependencies: ["b", "a", "b"] }, { dependencies: ["b", "a"] }],
  [{ runAt: new Date(5) }, { runAt: 5 }],
  [{ runAt: "2026-11-22T09:00:00+01:00" }, { runAt: Date.UTC(2026, 10, 22, 8) }],
  [{ runAt: "2026-11-22" }, { runAt: Date.UTC(2026, 10, 22) }],
];

for (const [said, kept] of GOOD) {
  void test(`${show(said)} is kept as ${show(kept)}`, () => {
    const { [Object.keys(kept)[0] as keyof JobSpec]: value } = checkJob("id", {
      ...PLAIN,
      ...said,
    });
    assert.deepEqual(value, Object.values(kept)[0]);
  });
}

/** What cannot be said, by option. */
const BAD: Readonly<Record<keyof JobOptions, readonly unknown[]>> = {
  function: [undefined, 7, null, "./jobs.ts", "#run", () => 1, new URL("https://a.b/c.js#run")],
  name: [7, null, "x".repeat(10_001)],
  params: [7, "{}", null, [], new Date(0), circle, { n: 1n }, { x: "y".repeat(LARGEST_JSON) }],
  priority: ["5", 0.5, Number.NaN, 2 ** 31, -(2 ** 31) - 1],
  dependencies: ["id", [7], {}, null],
  maxAttempts: [0, -1, 1.5, "3", 1_000_001],
  timeout: [0, -1, "5", Number.NaN, Number.POSITIVE_INFINITY, 0.0001],
  description: [7, null, {}],
  retryDelay: [-1, "5", Number.NaN, Number.POSITIVE_INFINITY],
  backoff: ["linear", 7],
  onParentFailure: ["hope", true],
  passParentResults: ["yes", 1, null],
  runAt: ["tomorrow", "2026-11-22T09:00:00", "2026-13-01T00:00:00Z", 5, new Date(Number.NaN), null],
};

for (const [option, values] of Object.entries(BAD)) {
  void test(`an impossible ${option} is refused, with a hint`, () => {
    for (const value of values) {
      const error = refusal({ ...PLAIN, [option]: value });
      assert.ok(error.hint, `${show(value)} gives no hint`);
      if (option !== "function") assert.match(error.message, new RegExp(`^${option} `));
      assert.ok(error.message.length < 300, error.message);
    }
  });
}

void test("an option that does not exist is refused, and those that do are listed", () => {
  const error = refusal({ ...PLAIN, retries: 5 });
  assert.match(error.message, /"retries"/);
  for (const option of Object.keys(BAD)) assert.ok(error.hint?.includes(option));
});

void test("a Job knows its id and name before it is submitted", () => {
  const [first, second] = [new Job(PLAIN), new Job({ ...PLAIN, name: "mine" })];
  assert.match(first.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(first.id < second.id);
  assert.deepEqual([first.name, second.name], ["run", "mine"]);
  assert.equal(second.spec.id, second.id);
});

function refusal(options: object) {
  try {
    checkJob("id", options as JobOptions);
  } catch (error) {
    assert.ok(isGigqError(error), String(error));
    assert.equal(error.code, "usage");
    return error;
  }
  throw assert.fail(`${show(options)} was taken`);
}

function show(value: unknown): string {
  try {
    return JSON.stringify(value)?.slice(0, 80) ?? String(value);
  } catch {
    return String(value);
  }
}
