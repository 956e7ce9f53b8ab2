import assert from "node:assert/strict";
import { test } from "node:test";
import { renderTable } from "../../../src/cli/render/job-table.js";
import { PLAIN } from "../../../src/cli/render/theme.js";
import { ago, aJob, NOW_MS } from "./a-job.js";

void test("each job says what a person wants to know of it", () => {
  const jobs = [
    aJob({ seq: 108, waitingOn: 1 }),
    aJob({ seq: 107, waitingOn: 2, runAt: ago(-60) }),
    aJob({ seq: 106, runAt: ago(-7_200) }),
    aJob({ seq: 105, runAt: ago(-2), attempts: 1, startedAt: ago(9), error: "Error: no\n  at x" }),
    aJob({ seq: 104, status: "running", attempts: 1, startedAt: ago(4) }),
    aJob({
      seq: 103,
      status: "completed",
      attempts: 2,
      startedAt: ago(30),
      completedAt: ago(28.8),
    }),
    aJob({
      seq: 102,
      status: "failed",
      attempts: 3,
      startedAt: ago(9),
      completedAt: ago(8.7),
      error: "TypeError: bad header",
    }),
    aJob({
      seq: 101,
      status: "timeout",
      attempts: 3,
      startedAt: ago(200),
      completedAt: ago(80),
      error: "ran past its timeout of 120 s",
    }),
    aJob({
      seq: 100,
      status: "cancelled",
      attempts: 1,
      startedAt: ago(200),
      completedAt: ago(80),
      error: "parent #99 failed",
    }),
    aJob({ seq: 9, name: "a\nname\x1b[31m", createdAt: ago(7_200) }),
  ];
  assert.equal(
    renderTable(jobs, PLAIN, NOW_MS),
    [
      "  #  NAME    STATUS     TRY  AGE  TOOK",
      "108  import  pending          1m        waits for 1 parent",
      "107  import  pending          1m        waits for 2 parents",
      "106  import  pending          1m        due in 2h",
      "105  import  pending    1/3   1m        due in 2s after Error: no",
      "104  import  running    1/3   1m    4s",
      "103  import  completed  2/3   1m  1.2s",
      "102  import  failed     3/3   1m  0.3s  TypeError: bad header",
      "101  import  timeout    3/3   1m    2m  ran past its timeout of 120 s",
      "100  import  cancelled  1/3   1m        parent #99 failed",
      "  9  a name  pending          2h",
    ].join("\n"),
  );
});
