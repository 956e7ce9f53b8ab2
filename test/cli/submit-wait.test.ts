import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { collect } from "../support/gigq.js";
import { Desk, says } from "./desk.js";

void test("submit --wait exits as the job ended", async (t) => {
  const desk = new Desk(t);
  desk.start("worker --concurrency 3");
  const id = /^[0-9a-f-]{36}\n$/;
  const [completed, failed, timedOut] = await Promise.all([
    desk.gigq("submit ./jobs.mjs#greet --wait"),
    desk.gigq("submit ./jobs.mjs#fail --name import --max-attempts 2 --wait"),
    desk.gigq("submit ./jobs.mjs#hold -p file=a --timeout 0.2s --max-attempts 1 --wait"),
  ]);
  for (const { stdout } of [completed, failed, timedOut]) assert.match(stdout, id);
  const { seq } = await desk.job(failed.stdout);
  const other = await desk.job(timedOut.stdout);
  assert.deepEqual(completed, says({ stdout: completed.stdout }));
  assert.deepEqual(
    failed,
    says({
      status: 10,
      stdout: failed.stdout,
      stderr: `import #${seq} failed after 2 attempts: TypeError: bad header\n`,
    }),
  );
  assert.deepEqual(
    timedOut,
    says({
      status: 11,
      stdout: timedOut.stdout,
      stderr: `hold #${other.seq} timed out after 1 attempt: ran past its timeout of 0.2 s\n`,
    }),
  );
  const cancelled = await desk.gigq(`submit ./jobs.mjs#greet --depends-on ${seq} --wait`);
  assert.deepEqual(
    cancelled,
    says({
      status: 12,
      stdout: cancelled.stdout,
      stderr: `greet #4 cancelled: parent #${seq} failed\n`,
    }),
  );
});

void test("submit --batch --wait waits for all, and exits as the first that did not complete", async (t) => {
  const desk = new Desk(t);
  desk.start("worker");
  const input = ["greet", "fail", "greet"]
    .map((name) => `{"function":"./jobs.mjs#${name}","maxAttempts":1}`)
    .join("\n");
  const { status, stdout, stderr } = await desk.gigq("submit --batch - --wait", { input });
  assert.deepEqual([status, stdout.split("\n").length], [10, 4]);
  assert.equal(stderr, "fail #2 failed after 1 attempt: TypeError: bad header\n");
  assert.equal((await desk.queue.stats()).completed, 2);
});

void test("an interrupt ends the waiting with 130 and leaves the job alone", async (t) => {
  const desk = new Desk(t);
  const waiting = desk.start("submit ./jobs.mjs#greet --wait");
  const stderr = collect(waiting.stderr);
  await once(waiting.stdout, "data");
  waiting.kill("SIGINT");
  assert.deepEqual(await once(waiting, "close"), [130, null]);
  assert.equal(stderr(), "");
  assert.equal((await desk.job(1)).status, "pending");
});
