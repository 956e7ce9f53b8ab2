import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { eventually } from "../support/eventually.js";
import { insist } from "../support/insist.js";
import { fixture } from "../support/paths.js";
import { gone } from "../support/processes.js";
import { Trace } from "../support/trace.js";
import { Desk } from "./desk.js";

/** Deaf to SIGTERM and the abort signal; blocked for good; with a process of its own. */
const STUBBORN = ["deafAndIdle", "native", "deaf", "family", "parentOfHeir"];

/** `family` and `parentOfHeir` start a process each; `parentOfHeir` does not name its own. */
const PROCESSES = 6;

/** Lets each stubborn job begin; answers their processes, and those that they have started. */
async function begin(desk: Desk, trace: Trace): Promise<number[]> {
  await desk.queue.submitAll(
    STUBBORN.map(
      (name) =>
        new Job({
          function: `${fixture("executor/stubborn.mjs")}#${name}`,
          params: { trace: trace.path },
        }),
    ),
  );
  return eventually("all to begin", () => {
    const pids = trace
      .lines()
      .filter((line) => /^(begin|child) \d+$/.test(line))
      .map((line) => Number(line.split(" ")[1]));
    return pids.length === PROCESSES && pids;
  });
}

async function assertUntouched(desk: Desk): Promise<void> {
  for (const job of await desk.queue.listJobs({ limit: STUBBORN.length })) {
    assert.deepEqual([job.name, job.status, job.attempts], [job.name, "pending", 0]);
  }
}

void test("stubborn jobs are ended after the time to stop, with all that they have started", async (t) => {
  const desk = new Desk(t);
  const trace = new Trace(t);
  const worker = desk.start("worker --concurrency 5 --shutdown-timeout 0.1s");
  const pids = await begin(desk, trace);
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
  await gone(pids);
  await assertUntouched(desk);
});

void test("stubborn jobs are ended at once when the worker is told twice", async (t) => {
  const desk = new Desk(t);
  const trace = new Trace(t);
  const worker = desk.start("worker --concurrency 5 --shutdown-timeout 1h");
  const pids = await begin(desk, trace);
  assert.deepEqual(await insist(worker), [0, null]);
  await gone(pids);
  await assertUntouched(desk);
});
