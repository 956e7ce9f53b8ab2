import assert from "node:assert/strict";
import { test } from "node:test";
import {
  renderEnd,
  renderName,
  renderProgress,
  renderStanding,
} from "../../../src/cli/render/job-line.js";
import { PLAIN } from "../../../src/cli/render/theme.js";
import { ago, aJob, NOW_MS } from "./a-job.js";

void test("a job's standing fits behind its name", () => {
  const standings = [
    aJob(),
    aJob({ waitingOn: 1, runAt: ago(-60) }),
    aJob({ waitingOn: 3 }),
    aJob({ runAt: ago(-60) }),
    aJob({ status: "running", attempts: 2 }),
    aJob({ status: "completed", startedAt: ago(3), completedAt: ago(1.8) }),
    aJob({ status: "failed", attempts: 3 }),
    aJob({ status: "failed", attempts: 1 }),
    aJob({ status: "timeout", attempts: 2 }),
    aJob({ status: "cancelled" }),
  ].map((job) => renderStanding(job, NOW_MS));
  assert.deepEqual(standings, [
    "pending",
    "pending, waits for 1 parent",
    "pending, waits for 3 parents",
    "pending, due in 1m",
    "running, attempt 2 of 3",
    "completed in 1.2s",
    "failed after 3 attempts",
    "failed after 1 attempt",
    "timed out after 2 attempts",
    "cancelled",
  ]);
});

void test("one line tells how a job ended", () => {
  const failed = aJob({ status: "failed", attempts: 3, error: "TypeError: bad\n    at parse" });
  assert.equal(renderEnd(failed, PLAIN), "import #41 failed after 3 attempts: TypeError: bad");
  const completed = aJob({ status: "completed", startedAt: ago(3), completedAt: ago(1) });
  assert.equal(renderEnd(completed, PLAIN), "import #41 completed in 2s");
  assert.equal(renderName(aJob({ name: "two\nlines\x1b[2J" })), "two lines #41");
});

void test("a spinner tells of one job where it stands, and of several how many are over", () => {
  const running = aJob({ status: "running", startedAt: ago(2.5), attempts: 1 });
  assert.equal(renderProgress([running], 1, NOW_MS), "import #41  running 2.5s");
  assert.equal(renderProgress([aJob()], 1, NOW_MS), "import #41  pending");
  assert.equal(renderProgress([aJob(), running], 1_200, NOW_MS), "1,198 of 1,200 jobs are over");
});
