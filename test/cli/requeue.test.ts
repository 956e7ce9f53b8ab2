import assert from "node:assert/strict";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { Desk, refuses, says } from "./desk.js";

/** #1 and #2 failed, #3 timed out, #4 was cancelled for the sake of #1, #5 completed. */
async function fill(desk: Desk): Promise<void> {
  const at = (name: string) => `${desk.path("jobs.mjs")}#${name}`;
  const failing = new Job({ function: at("fail"), name: "import", maxAttempts: 1 });
  await desk.queue.submitAll([
    failing,
    new Job({ function: at("fail"), maxAttempts: 1, retryDelay: 60 }),
    new Job({
      function: at("hold"),
      params: { file: desk.path("held") },
      timeout: 0.05,
      maxAttempts: 1,
    }),
    new Job({ function: at("greet"), dependencies: [failing.id] }),
    new Job({ function: at("greet") }),
  ]);
  await desk.work();
}

const statuses = async (desk: Desk) =>
  (await desk.queue.listJobs()).map((job) => job.status).reverse();

void test("requeue gives jobs another go, and restores what was cancelled for their sake", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  assert.deepEqual(await statuses(desk), ["failed", "failed", "timeout", "cancelled", "completed"]);
  assert.deepEqual(
    await desk.gigq("requeue 1 3"),
    says({ stdout: "Requeued import #1 (and 1 that depended on it)\nRequeued hold #3\n" }),
  );
  assert.deepEqual(await statuses(desk), ["pending", "failed", "pending", "pending", "completed"]);
  const { attempts, error, runAt, executions } = await desk.job(1);
  assert.deepEqual([attempts, error, runAt, executions.length], [0, null, null, 1]);
  const [answer] = JSON.parse(await desk.ask("requeue 2 --json"));
  assert.deepEqual(answer, {
    id: (await desk.job(2)).id,
    seq: 2,
    name: "fail",
    status: "pending",
    changed: true,
    followed: 0,
  });
});

void test("many jobs are requeued by status and name, or only told", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  const before = await statuses(desk);
  assert.deepEqual(
    await Promise.all([
      desk.ask("requeue --status timeout,failed --dry-run"),
      desk.ask("requeue --status failed --name import --dry-run"),
      desk.ask("requeue --status failed --name nobody --dry-run"),
      desk.ask("requeue 3 --dry-run"),
    ]),
    [
      "Would requeue hold #3, timeout\nWould requeue fail #2, failed\nWould requeue import #1, failed\n",
      "Would requeue import #1, failed\n",
      "Nothing to requeue\n",
      "Would requeue hold #3, timeout\n",
    ],
  );
  assert.deepEqual(await statuses(desk), before);
  assert.equal(
    await desk.ask("requeue --status failed --name import"),
    "Requeued 1 job, and restored 1 that depended on them\n",
  );
  assert.deepEqual(await statuses(desk), ["pending", "failed", "timeout", "pending", "completed"]);
  const json = await desk.ask("requeue --status failed,timeout --json");
  assert.deepEqual(JSON.parse(json), { requeued: 2, restored: 0 });
  assert.equal((await desk.queue.stats()).pending, 4);
});

void test("only those are requeued that ended since a moment, an age or a date", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  const ended = Date.parse((await desk.job(1)).completedAt!);
  const after = new Date(ended + 3_600_000).toISOString();
  const all =
    "Would requeue hold #3, timeout\nWould requeue fail #2, failed\nWould requeue import #1, failed\n";
  const line = "requeue --status timeout,failed --dry-run --since";
  const listed = async (since: string) =>
    (JSON.parse(await desk.ask(`list --json --since ${since}`)) as unknown[]).length;
  assert.deepEqual(
    await Promise.all([
      desk.ask(`${line} 2h`),
      desk.ask(`${line} ${new Date(ended).toISOString()}`),
      desk.ask(`${line} ${after}`),
      listed("1"),
      listed(after),
    ]),
    [all, all, "Nothing to requeue\n", 5, 0],
  );
  assert.equal(await desk.ask(`requeue --status failed --since ${after}`), "Requeued 0 jobs\n");
  assert.equal(
    await desk.ask("requeue --status failed --name import --since 1d"),
    "Requeued 1 job, and restored 1 that depended on them\n",
  );
});

void test("what cannot run again is refused, with what to do instead", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  const before = await statuses(desk);
  const [completed, orphan, missing, dryMissing] = await Promise.all([
    desk.gigq("requeue 5"),
    desk.gigq("requeue 4"),
    desk.gigq("requeue 1 9"),
    desk.gigq("requeue 9 --dry-run"),
  ]);
  assert.deepEqual(
    completed,
    refuses(
      4,
      "#5 greet is completed",
      "Only failed, timed out and cancelled jobs can be requeued",
    ),
  );
  assert.deepEqual(
    orphan,
    refuses(
      4,
      "#4 greet cannot run again before its parent does: parent #1 failed",
      "Requeue the parent: that restores this job too",
    ),
  );
  const unknown = refuses(3, "there is no job #9", "gigq list shows the jobs there are");
  assert.deepEqual([missing, dryMissing], [unknown, unknown]);
  assert.deepEqual(await statuses(desk), before);
});

void test("requeue needs ids or a status, and not both", async (t) => {
  const desk = new Desk(t);
  const hint = "Give numbers or ids, as in: gigq requeue 42, or --status failed,timeout";
  const lines = [
    "requeue",
    "requeue 1 --status failed",
    "requeue --name import",
    "requeue --since 2h",
    "requeue --status failed --since yesterdayish",
    "requeue --status completed",
  ];
  assert.deepEqual(await Promise.all(lines.map((line) => desk.gigq(line))), [
    refuses(2, "no job is named", hint),
    refuses(2, "ids and --status cannot be given together", hint),
    refuses(2, "--name goes with --status", "For example: --status failed --name import"),
    refuses(2, "--since goes with --status", "For example: --status failed --since 2h"),
    refuses(
      2,
      '--since: "yesterdayish" is no time',
      "Give an age (7d, 12h, 90m) or a date (2026-11-01)",
    ),
    refuses(
      2,
      "--status: completed jobs cannot be requeued",
      "Choose among: failed, timeout, cancelled",
    ),
  ]);
});
