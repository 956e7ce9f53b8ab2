import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { GigqError, Job, type JobSpec, Workflow } from "../../src/index.js";
import { fixture } from "../support/paths.js";
import { Place } from "../support/worker.js";

const ADD = `${fixture("worker/jobs.mjs")}#add`;

/** A job of one's own kind: what it takes is said in its own words. */
class Sum extends Job {
  constructor(a: number, b: number) {
    super({ function: ADD, params: { a, b }, name: `${a} + ${b}`, maxAttempts: 1, priority: 3 });
  }
}

/** One that looks something up at the last moment, and refuses to go without it. */
class AfterTheFile extends Job {
  readonly file: string;

  constructor(file: string) {
    super({ function: ADD, params: { a: 1, b: 1 } });
    this.file = file;
  }

  override async prepare(): Promise<JobSpec> {
    if (!existsSync(this.file)) throw new GigqError("usage", `${this.file} is not there`);
    return this.amend({ description: `after ${this.file}` });
  }
}

void test("a class of one's own is a job like any other", async (t) => {
  const place = new Place(t);
  const flow = new Workflow("sums");
  const first = flow.addJob(new Sum(1, 2));
  flow.addJob(new Sum(3, 4), { dependsOn: first });
  const ids = await flow.submitAll(place.queue);
  await place.worker({ until: "drain", isolation: "inline" }).start();
  const jobs = await place.queue.getStatuses(ids);
  assert.deepEqual(
    jobs.map((job) => job.exists && [job.name, job.priority, job.result]),
    [
      ["1 + 2", 3, 3],
      ["3 + 4", 3, 7],
    ],
  );
});

void test("a job of one's own may look things up at submit, or refuse to be submitted", async (t) => {
  const place = new Place(t);
  const file = `${place.folder}/signal`;
  const job = new AfterTheFile(file);
  await assert.rejects(place.queue.submitAll([new Sum(1, 2), job]), { code: "usage" });
  assert.equal((await place.queue.stats()).total, 0);
  writeFileSync(file, "");
  const info = await place.queue.getStatus(await place.queue.submit(job));
  assert.equal(info.exists && info.description, `after ${file}`);
});

void test("a job says what was asked of it, and hands out copies", () => {
  const job = new Job({
    function: "./jobs.ts#resize",
    params: { files: ["a.png"] },
    timeout: null,
    retryDelay: 1.5,
    backoff: "exponential",
    onParentFailure: "run",
    passParentResults: false,
    runAt: "2026-11-22T09:00:00+01:00",
  });
  (job.params.files as string[]).push("b.png");
  assert.deepEqual(
    [job.name, job.params, job.priority, job.dependencies, job.maxAttempts, job.timeout],
    ["resize", { files: ["a.png"] }, 0, [], 3, null],
  );
  assert.deepEqual(
    [job.retryDelay, job.backoff, job.onParentFailure, job.passParentResults, job.runAt],
    [1.5, "exponential", "run", false, "2026-11-22T08:00:00.000Z"],
  );
  assert.equal(job.dependOn(job, { id: "x" }, { id: "x" }).dependencies.length, 2);
  assert.ok(Math.abs(Date.parse(job.createdAt) - Date.now()) < 60_000);
});
