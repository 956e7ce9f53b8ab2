import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { eventually } from "../support/eventually.js";
import { collect } from "../support/gigq.js";
import { Desk, refuses, says } from "./desk.js";

/** Jobs that have ended in every way there is: completed, failed, timeout, cancelled. */
async function endings(desk: Desk): Promise<void> {
  const at = (name: string) => `${desk.path("jobs.mjs")}#${name}`;
  const failing = new Job({ function: at("fail"), name: "import", maxAttempts: 1 });
  const file = desk.path("held");
  await desk.queue.submitAll([
    new Job({ function: at("greet") }),
    failing,
    new Job({ function: at("hold"), params: { file }, timeout: 0.05, maxAttempts: 1 }),
    new Job({ function: at("greet"), dependencies: [failing.id] }),
  ]);
  await desk.work();
}

void test("wait exits as the jobs ended, and of several as the first that did not complete", async (t) => {
  const desk = new Desk(t);
  await endings(desk);
  const lines = ["1", "2", "3", "4", "1 4 2", "#1 1"].map((ids) => `wait ${ids}`);
  const failed = "import #2 failed after 1 attempt: TypeError: bad header\n";
  const cancelled = "greet #4 cancelled: parent #2 failed\n";
  assert.deepEqual(await Promise.all(lines.map((line) => desk.gigq(line))), [
    says({}),
    says({ status: 10, stderr: failed }),
    says({
      status: 11,
      stderr: "hold #3 timed out after 1 attempt: ran past its timeout of 0.05 s\n",
    }),
    says({ status: 12, stderr: cancelled }),
    says({ status: 12, stderr: cancelled + failed }),
    says({}),
  ]);
});

void test("wait --json answers with the jobs", async (t) => {
  const desk = new Desk(t);
  await endings(desk);
  const [one, two] = await Promise.all([desk.gigq("wait 1 --json"), desk.gigq("wait 2 1 --json")]);
  assert.deepEqual([one.status, two.status], [0, 10]);
  assert.deepEqual(JSON.parse(one.stdout), await desk.job(1));
  assert.deepEqual(JSON.parse(two.stdout), [await desk.job(2), await desk.job(1)]);
});

void test("wait returns when the last job ends", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  await desk.ask("submit ./jobs.mjs#hold -p file=held");
  const waiting = desk.start("wait 1 2");
  let ended = false;
  const end = once(waiting, "close").then((how) => {
    ended = true;
    return how;
  });
  desk.start("worker");
  await desk.pids("held");
  await desk.queue.wait([1]);
  assert.equal(ended, false);
  writeFileSync(desk.path("held.go"), "");
  assert.deepEqual(await end, [0, null]);
});

void test("wait gives up with 124 after its timeout, and with 3 when there is no such job", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  await desk.ask("submit ./jobs.mjs#greet");
  const [one, two, now, missing] = await Promise.all([
    desk.gigq("wait 1 --timeout 0.2s"),
    desk.gigq("wait 2 1 --timeout 200ms"),
    desk.gigq("wait 1 --timeout 0"),
    desk.gigq("wait 1 99 --timeout 1h"),
  ]);
  const hint = (seq: number) => `gigq status ${seq} says where it stands`;
  assert.deepEqual(one, refuses(124, "after 0.2 s, #1 greet is not over", hint(1)));
  assert.deepEqual(two, refuses(124, "after 0.2 s, #2 greet and 1 more are not over", hint(2)));
  assert.deepEqual(now, refuses(124, "after 0 s, #1 greet is not over", hint(1)));
  assert.deepEqual(
    missing,
    refuses(3, "there is no job #99", "gigq list shows the jobs there are"),
  );
});

const noProc = process.platform !== "linux" && "it looks into /proc for the open database";

void test("an interrupt ends the waiting with 130", { skip: noProc }, async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  const waiting = desk.start("wait 1");
  const [stdout, stderr] = [collect(waiting.stdout), collect(waiting.stderr)];
  await eventually("the database to be open", () => hasOpen(waiting.pid!, desk.db));
  waiting.kill("SIGINT");
  assert.deepEqual(await once(waiting, "close"), [130, null]);
  assert.deepEqual([stdout(), stderr()], ["", ""]);
});

/** Files come and go while one looks. */
function hasOpen(pid: number, path: string): boolean {
  const files = `/proc/${pid}/fd`;
  try {
    return readdirSync(files).some((fd) => readlinkSync(`${files}/${fd}`) === path);
  } catch {
    return false;
  }
}

void test("wait says at once that a job can never run, and what to do", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#fail -n fetch --max-attempts 1");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 1");
  await desk.ask("submit ./jobs.mjs#greet -n report --depends-on 2 --on-parent-failure wait");
  await desk.ask("submit ./jobs.mjs#greet -n mail --depends-on 3");
  await desk.ask("submit ./jobs.mjs#greet -n end --depends-on 4 --on-parent-failure run");
  await desk.work();
  const lines = ["wait 3", "wait 1 4", "wait 5 --timeout 1h"];
  const hint = "gigq requeue 1";
  assert.deepEqual(await Promise.all(lines.map((line) => desk.gigq(line))), [
    refuses(4, "#3 report will never run: it waits for #2 greet, which was cancelled", hint),
    refuses(
      4,
      "#4 mail will never run: it waits for #3 report, which waits for #2 greet, which was cancelled",
      hint,
    ),
    refuses(
      4,
      "#5 end will never run: it waits for #4 mail, which waits, through 1 more, for #2 greet, which was cancelled",
      hint,
    ),
  ]);
  const submitted = await desk.gigq(
    "submit ./jobs.mjs#greet --depends-on 1 --on-parent-failure wait --wait",
  );
  assert.deepEqual(submitted, {
    ...refuses(4, "#6 greet will never run: it waits for #1 fetch, which failed", hint),
    stdout: submitted.stdout,
  });
  await desk.queue.requeueJob(1);
  const waiting = desk.queue.wait([3], { timeout: 0 });
  await assert.rejects(waiting, { code: "wait-timeout" });
});

void test("wait ends when what it waits for can no longer run", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#fail -n fetch --max-attempts 1");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 1 --on-parent-failure wait");
  await desk.ask("submit ./jobs.mjs#greet -n report --depends-on 2");
  let looks = 0;
  let looked = () => {};
  const waits = new Promise<void>((resolve) => {
    looked = resolve;
  });
  const waiting = desk.queue.wait([3], {
    onLook: () => {
      looks += 1;
      looked();
    },
  });
  const refused = assert.rejects(waiting, {
    code: "forbidden",
    message:
      "#3 report will never run: it waits for #2 greet, which waits for #1 fetch, which failed",
    hint: "gigq requeue 1",
  });
  await waits;
  await desk.work();
  await refused;
  assert.ok(looks >= 2);
});
