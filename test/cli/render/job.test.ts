import assert from "node:assert/strict";
import { test } from "node:test";
import { type Detail, renderJob } from "../../../src/cli/render/job.js";
import { PLAIN } from "../../../src/cli/render/theme.js";
import type { Execution, JobInfo } from "../../../src/index.js";
import { ago, aJob, NOW_MS } from "./a-job.js";

const ERROR = "TypeError: bad header\n    at parse (jobs.ts:41:11)";

function run(attempt: number, given: Partial<Execution> = {}): Execution {
  return {
    id: `x:${attempt}`,
    attempt,
    status: "failed",
    startedAt: ago(30 - attempt),
    completedAt: ago(29.7 - attempt),
    workerId: "box-7f3",
    error: ERROR,
    ...given,
  };
}

/** Without the moments of the clock on the wall, which are another test's concern. */
function render(job: JobInfo, detail: Detail = {}, width?: number, cwd = "/srv/app"): string {
  const theme = width === undefined ? PLAIN : { ...PLAIN, width };
  return renderJob(job, detail, { theme, nowMs: NOW_MS, cwd })
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "MOMENT")
    .replaceAll(/\d\d:\d\d:\d\d/g, "CLOCK   ");
}

void test("a job that failed is laid out to be read", () => {
  const job = aJob({
    status: "failed",
    attempts: 2,
    maxAttempts: 2,
    retryDelay: 2,
    backoff: "exponential",
    priority: 5,
    onParentFailure: "run",
    description: "the month's figures",
    dependencies: ["a", "b"],
    completedAt: ago(10),
    error: ERROR,
    executions: [run(1), run(2, { status: "lost", error: "its worker is gone" })],
  });
  assert.equal(
    render(job),
    [
      "import #41  failed after 2 attempts",
      "  id        0193a1e0-55aa-7c11-8d07-90cfe2c6b0aa",
      "  function  ./jobs.ts#importCsv",
      "  about     the month's figures",
      '  params    {"file":"data/2026-11.csv"}',
      "  created   MOMENT (1m ago) · finished MOMENT",
      "  rules     2 attempts · timeout 5m · retry after 2s, doubling · priority 5 · run when a parent fails",
      "  after     a, b",
      "",
      "  TRY  STATUS  STARTED   TOOK  WORKER",
      "    1  failed  CLOCK     0.3s  box-7f3  TypeError: bad header",
      "    2  lost    CLOCK     0.3s  box-7f3  its worker is gone",
      "      TypeError: bad header",
      "          at parse (jobs.ts:41:11)",
      "  next: gigq logs 41 · gigq requeue 41",
    ].join("\n"),
  );
});

void test("a job that completed has a result and nothing to do next", () => {
  const job = aJob({
    status: "completed",
    result: { rows: 3 },
    attempts: 1,
    maxAttempts: 1,
    timeout: null,
    startedAt: ago(5),
    completedAt: ago(4),
    executions: [run(1, { status: "completed", error: null })],
  });
  const lines = render(job).split("\n");
  assert.equal(lines[0], "import #41  completed in 1s");
  assert.equal(lines[4], '  result    {"rows":3}');
  assert.equal(lines[6], "  rules     1 attempt · no timeout");
  assert.equal(lines.at(-1), "    1  completed  CLOCK     0.3s  box-7f3");
  const null_ = render({ ...job, result: null });
  assert.match(null_, /^ {2}result {4}null$/m);
});

void test("the present attempt counts up, and a job that never ran shows its error", () => {
  const running = aJob({
    status: "running",
    attempts: 1,
    executions: [run(1, { status: "running", startedAt: ago(12), completedAt: null, error: null })],
  });
  assert.match(render(running), /^ {4}1 {2}running {2}CLOCK {6}12s {2}box-7f3$/m);
  assert.match(render(running), /\n {2}next: gigq logs -f 41 · gigq cancel --force 41$/);
  const cancelled = aJob({ status: "cancelled", error: "parent #40 failed" });
  assert.match(render(cancelled), /^ {2}error {5}parent #40 failed$/m);
});

void test("what is long is cut to the line, or shown whole", () => {
  const text = "x".repeat(500);
  const job = aJob({ params: { text } });
  const cut = render(job, {}, 60).split("\n")[3]!;
  assert.equal(cut, `  params    {"text":"${"x".repeat(37)}…`);
  assert.match(
    render(job, { showParams: true }, 60),
    new RegExp(`^ {12}  "text": "${text}"$`, "m"),
  );
});

void test("every attempt's error is shown when asked for, else the last", () => {
  const job = aJob({ status: "failed", attempts: 2, executions: [run(1), run(2)] });
  assert.equal(render(job).match(/at parse/g)?.length, 1);
  const all = render(job, { showExecutions: true });
  assert.match(all, /^ {6}attempt 1: TypeError: bad header\n {10}at parse \(jobs\.ts:41:11\)$/m);
  assert.match(all, /^ {6}attempt 2: TypeError: bad header$/m);
});

void test("a function is shown from where the reader stands, unless that is far away", () => {
  const shown = ["/srv/app", "/srv/app/lib", "/srv", "/home/ada"].map(
    (cwd) => / {2}function {2}(.*)/.exec(render(aJob(), {}, undefined, cwd))![1],
  );
  assert.deepEqual(shown, [
    "./jobs.ts#importCsv",
    "../jobs.ts#importCsv",
    "./app/jobs.ts#importCsv",
    "/srv/app/jobs.ts#importCsv",
  ]);
  assert.match(render(aJob({ function: "pack/jobs#run" })), /^ {2}function {2}pack\/jobs#run$/m);
});
