import assert from "node:assert/strict";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { Desk } from "../cli/desk.js";

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

void test("what a job writes to the worker itself harms only that job", async (t) => {
  const desk = new Desk(t);
  desk.bring("values.mjs");
  const submit = (name: string, params: Record<string, unknown> = {}) =>
    desk.queue.submit(
      new Job({ function: `${desk.path("values.mjs")}#${name}`, params, maxAttempts: 1 }),
    );
  await submit("endlessLine");
  for (const [, params] of FORGED) await submit("forge", params);
  await submit("echo");
  const env = { NODE_OPTIONS: "--max-old-space-size=512" };
  const worker = await desk.gigq("worker --drain", { env });
  assert.equal(worker.status, 0, worker.stderr.slice(0, 1_000));
  for (const [index, what] of ["an endless line", ...FORGED.map(([what]) => what)].entries()) {
    assert.equal(
      (await desk.job(index + 1)).error,
      "the job's process wrote to a file that is gigq's own, and was killed",
      what,
    );
  }
  assert.equal((await desk.job(FORGED.length + 2)).status, "completed");
  for (const line of ["list", "list --json", "status 1", "status 2 --json"]) await desk.ask(line);
});

void test("messages that a thread sends to the worker are passed over", async (t) => {
  const desk = new Desk(t);
  desk.bring("values.mjs");
  for (const message of [null, "hello", { type: "ended", n: 1 }, 7]) {
    const job = { function: `${desk.path("values.mjs")}#post`, params: { message } };
    await desk.queue.submit(new Job({ ...job, maxAttempts: 1 }));
  }
  assert.equal((await desk.gigq("worker --drain --isolation thread")).status, 0);
  for (const ref of [1, 2, 3, 4]) assert.equal((await desk.job(ref)).result, "posted");
});
