import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { Job, Workflow } from "../../src/index.js";
import { call } from "../cli/call.js";
import { Desk, refuses, says, UUID } from "../cli/desk.js";
import { eventually } from "../support/eventually.js";
import { collect, gigq, said } from "../support/gigq.js";
import { fixture } from "../support/paths.js";
import { gone } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { Bench } from "./bench.js";

// What is wrong with GigQ 0.5, and must not be here: one number for each defect.

const DAY = 86_400;
const noPrlimit = spawnSync("prlimit", ["--version"]).error !== undefined && "it needs prlimit(1)";

void test("1: a timeout kills the work, so that a job is never run twice at once", async (t) => {
  const bench = new Bench(t);
  const file = bench.file("attempts");
  const id = await bench.submit("overrun", { params: { file }, timeout: 0.2, maxAttempts: 2 });
  // A second slot is free all the time.
  const grace = { abortGrace: 0.05, killGrace: 0.1 };
  await bench.drain({ isolation: "process", concurrency: 2, ...grace });
  const attempts = readFileSync(file, "utf8").trim().split("\n");
  assert.deepEqual(
    attempts.map((line) => line.split(" ")[1]),
    ["0", "0"],
    "each attempt looks whether those before it still run",
  );
  const { status, executions } = await bench.info(id);
  assert.deepEqual(
    [status, executions.map((run) => run.status)],
    ["timeout", ["timeout", "timeout"]],
  );
  assert.ok(executions[0]!.completedAt! <= executions[1]!.startedAt);
});

for (const [how, rules, stop, expected] of [
  ["cancelled by force", {}, "cancel", "cancelled"],
  ["out of time", { timeout: 0.2, maxAttempts: 1 }, "wait", "timeout"],
] as const) {
  void test(`2: a result that comes late does not complete a job that is ${how}`, async (t) => {
    const bench = new Bench(t);
    const worker = bench.worker();
    const { id, working, letGo } = await bench.held(worker, "ignore", rules);
    if (stop === "cancel") assert.equal(await bench.queue.cancel(id, { force: true }), true);
    await eventually("it to be told", () => existsSync(bench.file("ignore.begun.told")));
    letGo();
    await worker.heard("ended");
    await Promise.all([worker.stop(), working]);
    const { status, result, executions } = await bench.info(id);
    assert.deepEqual([status, result], [expected, null]);
    assert.deepEqual(
      executions.map((run) => run.status),
      [expected],
    );
  });
}

void test("3: a parent that does not exist is refused, and one that is needed cannot be cleared", async (t) => {
  const bench = new Bench(t);
  const nobody = "01a2015d-5c8e-7000-9e73-105f20528108";
  await assert.rejects(bench.submit("add", { dependencies: [nobody] }), { code: "unknown-parent" });
  assert.equal((await bench.queue.stats()).total, 0);
  const parent = await bench.submit("add", { params: { a: 1, b: 1 } });
  await bench.drain();
  const child = await bench.submit("given", { dependencies: [parent], runAt: "2100-01-01T00:00Z" });
  const { total, kept } = await bench.queue.clear();
  assert.deepEqual([total, kept], [0, 1]);
  bench.clock.set("2100-01-01T00:00:01Z");
  await bench.drain();
  const { parentResults } = (await bench.queue.getResult(child)) as { parentResults: unknown };
  assert.deepEqual(parentResults, { [parent]: 2 });
  assert.equal(await bench.queue.clearCompleted(), 2);
});

void test("4: when a parent fails, its descendants end too, and say why; requeueing it brings them back", async (t) => {
  const bench = new Bench(t);
  const file = bench.file("ready");
  const parent = await bench.submit("failUntil", { params: { file }, maxAttempts: 1 });
  const child = await bench.submit("add", { dependencies: [parent] });
  const grandchild = await bench.submit("add", { dependencies: [child] });
  await bench.drain();
  const { pending, failed, cancelled } = await bench.queue.stats();
  assert.deepEqual({ pending, failed, cancelled }, { pending: 0, failed: 1, cancelled: 2 });
  assert.equal((await bench.info(child)).error, "parent #1 failed");
  assert.equal((await bench.info(grandchild)).error, "parent #2 was cancelled");
  writeFileSync(file, "");
  assert.equal(await bench.queue.requeueJob(parent), true);
  await bench.drain();
  assert.equal((await bench.queue.stats()).completed, 3);
});

void test("5: jobs that wait for each other are refused, and named", async (t) => {
  const bench = new Bench(t);
  const flow = new Workflow("round");
  const a = flow.addJob(bench.job("add", { name: "egg" }));
  const b = flow.addJob(bench.job("add", { name: "hen" }), { dependsOn: a });
  flow.addJob(a, { dependsOn: b });
  await assert.rejects(flow.submitAll(bench.queue), {
    code: "cycle",
    message: /egg.*hen|hen.*egg/,
  });
  assert.equal((await bench.queue.stats()).total, 0);
});

void test("6: a job that depends on others has the rank that its priority gives it", async (t) => {
  const bench = new Bench(t);
  const file = bench.file("order");
  const note = (name: string, priority: number, dependencies: string[] = []) =>
    bench.submit("note", { params: { file, name }, priority, dependencies });
  const parent = await note("parent", 200);
  await note("independent", 0);
  await note("background", -5);
  await note("child", 100, [parent]);
  await bench.drain();
  const order = readFileSync(file, "utf8").trim().split("\n");
  assert.deepEqual(order, ["parent", "child", "independent", "background"]);
});

void test("7: a cancelled job has an end and is cleared by its age, a timed out one when asked", async (t) => {
  const bench = new Bench(t);
  bench.clock.move(-8 * DAY);
  const cancelled = await bench.submit("add");
  await bench.queue.cancel(cancelled);
  const params = { begun: bench.file("begun"), go: bench.file("go") };
  const late = await bench.submit("hold", { params, timeout: 0.05, maxAttempts: 1 });
  await bench.drain();
  for (const id of [cancelled, late]) assert.notEqual((await bench.info(id)).completedAt, null);
  const clear = async (words: string) =>
    (await gigq(`clear ${words}`.split(" "), { cwd: bench.folder })).stdout;
  assert.equal(await bench.queue.clearCompleted(new Date(bench.clock.now() - DAY)), 0);
  assert.equal(await clear("--before 7d"), "Cleared 1 job (1 cancelled)\n");
  assert.equal(await clear("--before 7d --status timeout"), "Cleared 1 job (1 timeout)\n");
});

void test("8: a requeued job may run at once, whatever its retry delay", async (t) => {
  const bench = new Bench(t);
  const file = bench.file("ready");
  const rules = { params: { file }, retryDelay: 3600, maxAttempts: 2 };
  const id = await bench.submit("failUntil", rules);
  const worker = bench.worker();
  await worker.processOne();
  bench.clock.move(3600);
  await worker.processOne();
  assert.equal((await bench.info(id)).status, "failed");
  assert.equal(await bench.queue.requeueJob(id), true);
  assert.equal((await bench.info(id)).runAt, null);
  writeFileSync(file, "");
  assert.equal(await worker.processOne(), true);
  assert.equal(await bench.queue.getResult(id), "at last");
});

void test("9: clear leaves nothing of a job behind, in any table", async (t) => {
  const bench = new Bench(t);
  const parent = await bench.submit("add");
  await bench.submit("stumble", { dependencies: [parent] });
  await bench.drain();
  const before = rows(bench.path);
  assert.equal(await bench.queue.clearCompleted(), 2);
  const after = rows(bench.path);
  const emptied = Object.keys(before).filter((name) => before[name]! > 0 && after[name] === 0);
  assert.ok(emptied.length >= 3, `jobs, dependencies and attempts: ${emptied}`);
});

void test("10: when the clocks are put back, a retry comes after its delay and not an hour later", async (t) => {
  inBerlin(t);
  const bench = new Bench(t);
  const id = await bench.submit("fail", { retryDelay: 1800 });
  const worker = bench.worker();
  // 02:45 in summer; half an hour later it is 02:15.
  bench.clock.set("2026-10-25T00:45:00Z");
  await worker.processOne();
  bench.clock.set("2026-10-25T01:14:00Z");
  assert.equal(await worker.processOne(), false);
  bench.clock.set("2026-10-25T01:16:00Z");
  assert.equal(new Date(bench.clock.now()).getHours(), 2);
  assert.equal(await worker.processOne(), true);
  const [first, second] = (await bench.info(id)).executions;
  const apartMs = Date.parse(second!.startedAt) - Date.parse(first!.completedAt!);
  assert.ok(apartMs >= 1_800_000 && apartMs < 1_980_000, `${apartMs} ms`);
});

void test("10: when the clocks are put forward, a running job has no less time", async (t) => {
  inBerlin(t);
  const bench = new Bench(t);
  bench.clock.set("2026-03-29T00:59:59Z");
  const worker = bench.worker();
  const rules = { timeout: 1800, maxAttempts: 1 };
  const { id, working, letGo } = await bench.held(worker, "hold", rules);
  bench.clock.move(3600);
  // Another worker looks for what has run for too long, or was left by the dead.
  assert.equal(await bench.worker().processOne(), false);
  assert.equal((await bench.info(id)).status, "running");
  letGo();
  await worker.heard("ended");
  await Promise.all([worker.stop(), working]);
  assert.equal((await bench.info(id)).status, "completed");
});

void test("10: moments are the same in every time zone, and those with a zone are kept to the hour", async (t) => {
  const desk = new Desk(t);
  const zones = ["America/New_York", "Asia/Kolkata"].map((TZ) => ({ env: { TZ } }));
  // The same time on the wall, before and after the clocks are put back.
  for (const zone of ["-04:00", "-05:00"]) {
    await desk.ask(`submit ./jobs.mjs#greet --at 2100-11-07T01:30:00${zone}`, zones[0]);
  }
  const answers = new Set<string>();
  for (const zone of zones) answers.add(await desk.ask("status 1 2 --json", zone));
  assert.equal(answers.size, 1);
  const [early, late] = JSON.parse([...answers][0]!);
  assert.deepEqual(
    [early.runAt, late.runAt],
    ["2100-11-07T05:30:00.000Z", "2100-11-07T06:30:00.000Z"],
  );
  assert.match(early.createdAt, /Z$/);
});

void test("11: a workflow is there as a whole or not at all, also when its submitter is killed", async (t) => {
  const size = 2_000;
  const seen: number[] = [];
  for (const moment of ["at once", "while it writes", "never"]) {
    const bench = new Bench(t);
    const address = `${fixture("parity/jobs.mjs")}#add`;
    const words = [fixture("parity/submit-flow.mjs"), bench.path, address, String(size)];
    const submitter = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => submitter.kill("SIGKILL"));
    const closed = once(submitter, "close");
    await said(submitter.stdout, /^now\n/);
    const sizeOfLog = () => statSync(`${bench.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const before = sizeOfLog();
    if (moment === "while it writes") {
      await eventually("a write", () => submitter.exitCode !== null || sizeOfLog() !== before);
    }
    if (moment !== "never") submitter.kill("SIGKILL");
    await closed;
    seen.push((await bench.queue.stats()).total);
  }
  assert.equal(seen[2], size);
  for (const total of seen) assert.ok(total === 0 || total === size, String(seen));
});

void test("12: submit does not load the user's code, and answers the id alone or as JSON", async (t) => {
  const desk = new Desk(t);
  writeFileSync(desk.path("boom.mjs"), "process.exit(9); export const go = 1;\n");
  assert.match(await desk.ask("submit ./boom.mjs#go"), UUID);
  const { id, seq } = JSON.parse(await desk.ask("submit ./boom.mjs#go --json"));
  assert.deepEqual([`${id}\n`.match(UUID)?.length, seq], [1, 2]);
});

void test("13: what cron calls in another directory finds the queue, or says that there is none and makes none", async (t) => {
  const desk = new Desk(t);
  const elsewhere = temporaryFolder(t);
  const cron = { cwd: elsewhere, env: { GIGQ_DB: desk.db, PATH: "/usr/bin:/bin" } };
  const noQueue = refuses(
    5,
    `there is no queue at ${elsewhere}/gigq.db`,
    "Name one with --db or GIGQ_DB, or create it with: gigq init",
  );
  for (const words of [["list"], ["clear", "--before", "7d"]]) {
    assert.deepEqual(await call(words, elsewhere), noQueue);
  }
  await gigq(["submit", desk.path("jobs.mjs#greet")], cron);
  assert.match((await gigq(["list"], cron)).stdout, /1 of 1 · pending 1\n$/);
  await desk.work();
  assert.equal((await desk.job(1)).result, "Hello, world!");
  assert.deepEqual(readdirSync(elsewhere), []);
});

void test("13: a worker says on which queue it works, and exits with an error where there can be none", async (t) => {
  const desk = new Desk(t);
  const worker = await desk.gigq("worker --once");
  assert.ok(worker.stderr.includes(` on ${desk.db} · `), worker.stderr);
  writeFileSync(desk.path("notes.txt"), "no queue at all\n".repeat(100));
  for (const db of ["nowhere/gigq.db", "notes.txt"]) {
    const { status, stderr } = await call(["worker", "--once", "--db", db], desk.folder);
    assert.equal(status, 5, stderr);
  }
});

void test("14: a worker that meets an error of the database keeps all its slots, and what they did", {
  skip: noPrlimit,
}, async (t) => {
  const desk = new Desk(t);
  const submit = async (file: string) =>
    desk.queue.submit(
      new Job({ function: `${desk.path("jobs.mjs")}#hold`, params: { file: desk.path(file) } }),
    );
  for (const name of ["a", "b"]) await submit(name);
  const worker = desk.start("worker --concurrency 2 --worker-id box");
  const talk = collect(worker.stderr);
  for (const name of ["a", "b"]) await desk.pids(name);
  const limit = (bytes: string) =>
    assert.equal(spawnSync("prlimit", ["--pid", String(worker.pid), `--fsize=${bytes}`]).status, 0);
  limit("8192:unlimited");
  for (const name of ["a", "b"]) writeFileSync(desk.path(`${name}.go`), "");
  await eventually("trouble", () => talk().includes("trouble: "));
  limit("unlimited:unlimited");
  await desk.queue.wait([1, 2], { timeout: 60 });
  for (const name of ["c", "d"]) await submit(name);
  // Both run at the same time: none of the slots is gone.
  for (const name of ["c", "d"]) await desk.pids(name);
  const slots = (await desk.queue.listJobs({ status: "running" })).map((job) => job.workerId);
  assert.deepEqual(slots.sort(), ["box-0", "box-1"]);
  for (const name of ["c", "d"]) writeFileSync(desk.path(`${name}.go`), "");
  await desk.queue.wait([3, 4], { timeout: 60 });
  for (const job of await desk.queue.listJobs()) {
    assert.deepEqual([job.status, job.attempts], ["completed", 1]);
  }
});

void test("15: a running job shows its log and its progress, and can be cancelled: then it is killed", async (t) => {
  const desk = new Desk(t);
  const begun = desk.path("begun");
  await desk.ask(["submit", `${fixture("parity/jobs.mjs")}#talk`, "-p", `begun=${begun}`]);
  const worker = desk.start("worker");
  const pid = await eventually(
    "it to begin",
    () => existsSync(begun) && readFileSync(begun, "utf8"),
  );
  await collected(desk, "logs 1", /( {3}(printed|noted)\n.*){2}/s);
  assert.match(await collected(desk, "list", /files/), /running .* 25 % 1\/4 files/);
  assert.deepEqual(await desk.gigq("cancel --force 1"), says({ stdout: "Cancelled talk #1\n" }));
  assert.equal((await desk.job(1)).status, "cancelled");
  await gone([Number(pid)]);
  worker.kill("SIGTERM");
  assert.deepEqual(await once(worker, "close"), [0, null]);
});

void test("15: a job may be put off, and the delay between its attempts may double", async (t) => {
  const bench = new Bench(t);
  const id = await bench.submit("fail", { retryDelay: 100, backoff: "exponential" });
  const worker = bench.worker();
  const delays: number[] = [];
  for (const _ of [1, 2]) {
    assert.equal(await worker.processOne(), true);
    const { runAt, executions } = await bench.info(id);
    delays.push((Date.parse(runAt!) - Date.parse(executions.at(-1)!.completedAt!)) / 1000);
    bench.clock.set(runAt!);
  }
  // Up to a quarter is taken off, so that jobs that failed together part.
  assert.ok(delays[0]! >= 75 && delays[0]! <= 100, String(delays));
  assert.ok(delays[1]! >= 150 && delays[1]! <= 200, String(delays));
  const desk = new Desk(t);
  await call(["submit", "./jobs.mjs#greet", "--delay", "1h"], desk.folder);
  const { createdAt, runAt } = await desk.job(1);
  const delayMs = Date.parse(runAt!) - Date.parse(createdAt);
  assert.ok(Math.abs(delayMs - 3_600_000) < 60_000, String(delayMs));
});

/** How many rows each table has. */
function rows(path: string): Readonly<Record<string, number>> {
  const db = new Database(path, { readonly: true });
  try {
    const tables = db.prepare("select name from sqlite_master where type = 'table'").pluck().all();
    return Object.fromEntries(
      (tables as string[]).map((name) => [
        name,
        db.prepare(`select count(*) from "${name}"`).pluck().get() as number,
      ]),
    );
  } finally {
    db.close();
  }
}

/** For one test this process lives where the clocks are put forward and back. */
function inBerlin(t: TestContext): void {
  const before = process.env.TZ;
  process.env.TZ = "Europe/Berlin";
  t.after(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });
  assert.equal(new Date("2026-10-25T00:45:00Z").getHours(), 2);
}

/** Asks until the answer has in it what is waited for. */
async function collected(desk: Desk, line: string, pattern: RegExp): Promise<string> {
  for (let tries = 0; tries < 50; tries++) {
    const answer = (await desk.gigq(line)).stdout;
    if (pattern.test(answer)) return answer;
  }
  throw new Error(`gigq ${line} never said ${pattern}`);
}
