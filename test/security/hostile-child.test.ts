import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { Job, type JobInfo } from "../../src/index.js";
import { Desk } from "../cli/desk.js";

/** A job that lies to the worker, and an honest one behind it. */
async function afterwards(
  t: TestContext,
  name: string,
  params: Record<string, unknown> = {},
): Promise<JobInfo> {
  const desk = new Desk(t);
  desk.bring("values.mjs");
  copyFileSync(desk.path("values.mjs"), desk.path("honest.mjs"));
  const submit = (address: string) =>
    desk.queue.submit(
      new Job({ function: desk.path(address), params, maxAttempts: 1, timeout: 20 }),
    );
  await submit(`values.mjs#${name}`);
  await submit("honest.mjs#echo");
  const env = { NODE_OPTIONS: "--max-old-space-size=512" };
  const worker = await desk.gigq("worker --drain", { env });
  assert.equal(worker.status, 0, worker.stderr.slice(0, 1_000));
  assert.equal((await desk.job(2)).status, "completed");
  for (const line of ["list", "list --json", "status 1", "status 1 --json"]) await desk.ask(line);
  return desk.job(1);
}

void test("a line without an end is broken off", async (t) => {
  const job = await afterwards(t, "endlessLine");
  assert.equal(job.error, "the job's process wrote to a file that is gigq's own, and was killed");
});

const FORGED: readonly [what: string, params: Record<string, unknown>][] = [
  ["a result that is no JSON", { outcome: { type: "completed", result: "{nonsense" } }],
  [
    "a result that is nested too deep",
    { outcome: { type: "completed", result: `${"[".repeat(2_000)}${"]".repeat(2_000)}` } },
  ],
  ["an error that is too long", { outcome: { type: "failed", error: "x".repeat(100_000) } }],
  ["a time that no clock shows", { outcome: { type: "failed", error: "x" }, ms: 1e300 }],
  ["a time that runs backwards", { outcome: { type: "failed", error: "x" }, ms: -1e15 }],
];

for (const [what, params] of FORGED) {
  void test(`a forged report is not believed: ${what}`, async (t) => {
    const job = await afterwards(t, "forge", params);
    assert.equal(job.error, "the job's process wrote to a file that is gigq's own, and was killed");
  });
}
