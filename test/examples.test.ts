import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { JobQueue } from "../src/index.js";
import { eventually } from "./support/eventually.js";
import { collect, type Ran, startGigq } from "./support/gigq.js";
import { GIGQ, PROJECT } from "./support/paths.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const JITI = join(PROJECT, "node_modules/jiti/lib/jiti-cli.mjs");

/** A project of somebody who has installed gigq and copied one of the examples. */
class Project {
  readonly folder: string;
  readonly queue: JobQueue;

  constructor(t: TestContext, example: string) {
    this.folder = temporaryFolder(t);
    cpSync(join(PROJECT, "docs/examples", example), this.folder, { recursive: true });
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }');
    mkdirSync(join(this.folder, "node_modules"));
    symlinkSync(PROJECT, join(this.folder, "node_modules", "gigq"));
    this.queue = new JobQueue(join(this.folder, "gigq.db"));
    t.after(() => this.queue.close());
  }

  /** Runs a TypeScript program, as `npx jiti` does. */
  program(...args: string[]): Ran {
    return this.#run(JITI, args);
  }

  gigq(...args: string[]): Ran {
    return this.#run(GIGQ, args);
  }

  #run(script: string, args: readonly string[]): Ran {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      cwd: this.folder,
      env: { ...process.env, GIGQ_DB: "gigq.db" },
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }
}

void test("the examples keep the types", () => {
  const tsc = join(PROJECT, "node_modules/.bin/tsc");
  const ran = spawnSync(tsc, ["-p", join(PROJECT, "docs/examples")], { encoding: "utf8" });
  assert.equal(ran.stdout, "");
});

void test("fan-out: parts of a text are counted side by side, and added up", async (t) => {
  const project = new Project(t, "fan-out");
  writeFileSync(
    join(project.folder, "text.txt"),
    "to be\nor not\nto be\nthat is to say\n".repeat(9),
  );
  const worker = startGigq(t, ["worker", "--concurrency", "4"], { cwd: project.folder });
  const { status, stdout, stderr } = project.program("submit.ts", "text.txt");
  worker.kill();
  assert.deepEqual([status, stderr], [0, ""]);
  assert.equal(stdout, 'completed [["to",27],["be",18],["is",9]]\n');
  assert.equal((await project.queue.stats()).completed, 5);
});

void test("pipeline: each step takes up what the one before has left", (t) => {
  const project = new Project(t, "pipeline");
  assert.equal(project.gigq("workflow", "submit", "pipeline.yaml").status, 0);
  assert.equal(project.gigq("worker", "--drain").status, 0);
  const report = JSON.parse(readFileSync(join(project.folder, "report.json"), "utf8"));
  assert.deepEqual(report, { warmest: "harbour", average: 8 });
});

void test("sweep: a worker that is killed costs no trial, and none is done twice", async (t) => {
  const project = new Project(t, "sweep");
  const id = project.program("submit.ts").stdout.trim();
  const first = startGigq(t, ["worker", "--concurrency", "2"], { cwd: project.folder });
  const said = collect(first.stderr);
  await eventually("some trials to be over", () => (said().match(/ done /g) ?? []).length >= 3);
  first.kill("SIGKILL");
  startGigq(t, ["worker", "--concurrency", "4"], { cwd: project.folder });
  const [job] = await project.queue.wait([id], { timeout: 90 });
  const { tried, best } = job!.result as { tried: number; best: { loss: number } };
  assert.equal(tried, 12);
  assert.ok(best.loss < 1e-3);
  const trials = await project.queue.getStatuses(job!.dependencies);
  const ends = trials.map((trial) => trial.exists && trial.executions.map(({ status }) => status));
  for (const statuses of ends) {
    assert.ok(statuses);
    assert.equal(statuses.at(-1), "completed");
    // What had not ended when the worker was killed, is told of as lost, once.
    assert.deepEqual(statuses.slice(0, -1), statuses.length > 1 ? ["lost"] : []);
  }
  assert.ok(ends.some((statuses) => statuses && statuses.length === 2));
});

void test("dashboard: tells what a queue is doing until nothing is left to do", (t) => {
  const project = new Project(t, "sweep");
  cpSync(join(PROJECT, "docs/examples/dashboard"), project.folder, { recursive: true });
  project.program("submit.ts");
  startGigq(t, ["worker", "--concurrency", "4"], { cwd: project.folder });
  const { status, stdout, stderr } = project.program("dashboard.ts");
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(
    stdout,
    /^\d+ of 13 completed · \d+ running · \d+ ready · 0 delayed · 1 blocked · 0 failed$/m,
  );
  assert.match(stdout, /^ {2}rate 0\.\d+ depth \d #\d+ {2}(\d+\/20 epochs)? {2}\S+$/m);
  assert.match(stdout, /^█{40}\n13 of 13 completed .*\n$/m);
});
