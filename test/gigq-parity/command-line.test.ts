import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import Database from "better-sqlite3";
import { Job } from "../../src/index.js";
import { call } from "../cli/call.js";
import { Desk, refuses, UUID } from "../cli/desk.js";

/** Submits without a process; how that is done on the command line has tests of its own. */
async function submit(desk: Desk, name: string): Promise<string> {
  return desk.queue.submit(new Job({ function: `${desk.path("jobs.mjs")}#greet`, name }));
}

void test("submit takes GigQ's flags, and prints the id alone", async (t) => {
  const desk = new Desk(t);
  const id = await desk.ask([
    ..."--db jobs.db submit ./jobs.mjs#echo --param filename=data.csv -p threshold=0.7".split(" "),
    ..."-p list=[1,2] -p on=true -p empty= --priority 10 --max-attempts 5 --timeout 600".split(" "),
    ..."--retry-delay 30 --name".split(" "),
    "Process CSV",
    "--description",
    "Process the daily file",
  ]);
  assert.match(id, UUID);
  const job = JSON.parse(await desk.ask(`--db jobs.db --json status ${id.trim()}`));
  const { name, params, priority, maxAttempts, timeout, retryDelay, description } = job;
  assert.deepEqual([name, description], ["Process CSV", "Process the daily file"]);
  const values = { threshold: 0.7, list: [1, 2], on: true, empty: "" };
  assert.deepEqual(params, { filename: "data.csv", ...values });
  assert.deepEqual([priority, maxAttempts, timeout, retryDelay], [10, 5, 600, 30]);
});

void test("submit needs no name, and tells who writes a dotted path what to write", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  assert.equal((await desk.job(1)).name, "greet");
  assert.deepEqual(
    await call(["submit", "my_package.my_module.process_data", "--name", "x"], desk.folder),
    refuses(
      2,
      '"my_package.my_module.process_data" does not name a module and an export',
      'Write the module, a "#" and the name of the export: ./my_package/my_module.ts#process_data',
    ),
  );
});

void test("status tells what GigQ's does, and params, result and executions in full when asked", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#echo -p n=1 --max-attempts 2 --name e");
  await desk.work();
  const flags = "--show-params --show-result --show-executions";
  const text = await desk.ask(`--db gigq.db status 1 ${flags}`);
  const { id } = await desk.job(1);
  for (const part of [
    /^e #1 {2}completed in \S+\n/,
    new RegExp(`\\n {2}id +${id}\\n`),
    /\n {2}params +\{\n +"n": 1\n +\}\n {2}result +\{\n +"n": 1\n +\}\n/,
    /\n {2}created +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(.* ago\) · finished \d{4}-\d\d-\d\d .*\n/,
    /\n {2}rules +2 attempts · timeout 5m\n/,
    /\n {2}TRY {2}STATUS +STARTED +TOOK {2}WORKER\n +1 {2}completed +\d\d:\d\d:\d\d +\S+ {2}w\n/,
  ]) {
    assert.match(text, part);
  }
});

void test("list shows jobs by status and up to a limit, and refuses a status that there is not", async (t) => {
  const desk = new Desk(t);
  for (const name of ["a", "b", "c"]) await submit(desk, name);
  await desk.queue.cancel(1);
  const names = async (line: string) =>
    JSON.parse(await desk.ask(`${line} --json`)).map((job: { name: string }) => job.name);
  assert.deepEqual(await names("list"), ["c", "b", "a"]);
  assert.deepEqual(await names("list --status pending --limit 1"), ["c"]);
  assert.deepEqual(await names("list --status cancelled"), ["a"]);
  assert.deepEqual(
    await call(["list", "--status", "done"], desk.folder),
    refuses(
      2,
      '--status: there is no status "done"',
      "Choose among: pending, running, completed, failed, cancelled, timeout",
    ),
  );
});

void test("cancel and requeue exit with 0 when they did it, 4 when the state forbids it, 3 for no job", async (t) => {
  const desk = new Desk(t);
  const id = await submit(desk, "greet");
  assert.equal((await call(["requeue", id], desk.folder)).status, 4);
  assert.equal(await desk.ask(`cancel ${id}`), "Cancelled greet #1\n");
  assert.equal((await call(["cancel", id], desk.folder)).status, 4);
  assert.equal(await desk.ask(`requeue ${id}`), "Requeued greet #1\n");
  const nobody = "01a2015d-5c8e-7000-9e73-105f20528108";
  for (const verb of ["status", "cancel", "requeue"]) {
    assert.deepEqual(
      await call([verb, nobody], desk.folder),
      refuses(3, `there is no job ${nobody}`, "gigq list shows the jobs there are"),
    );
  }
});

void test("clear removes completed and cancelled jobs, and with --before 7 only those a week old", async (t) => {
  const desk = new Desk(t);
  await submit(desk, "greet");
  await desk.work();
  assert.equal(await desk.ask("clear --before 7"), "Cleared 0 jobs\n");
  assert.equal(await desk.ask("clear"), "Cleared 1 job (1 completed)\n");
});

void test("stats has a line for each status and the total", async (t) => {
  const desk = new Desk(t);
  await submit(desk, "greet");
  assert.deepEqual(
    (await desk.ask("stats")).trim().split(/ +|\n/),
    "pending 1 running 0 completed 0 failed 0 cancelled 0 timeout 0 total 1".split(" "),
  );
});

void test("worker takes GigQ's flags; --once does one job, and is no error when there is none", async (t) => {
  const desk = new Desk(t);
  for (const name of ["a", "b"]) await submit(desk, name);
  const flags = "--once --polling-interval 2 --worker-id box --concurrency 4";
  const first = await desk.gigq(`--db gigq.db worker ${flags}`);
  assert.match(first.stderr, /stopped: 1 done, 0 failed, 0 given back\n$/);
  assert.equal((await desk.job(1)).executions[0]!.workerId.replace(/\d$/, "N"), "box-N");
  assert.equal((await desk.job(2)).status, "pending");
  await desk.work();
  const last = await desk.gigq("worker --once");
  assert.deepEqual([last.status, last.stdout], [0, ""]);
  assert.match(last.stderr, /stopped: 0 done, 0 failed, 0 given back\n$/);
});

void test("GIGQ_DB, GIGQ_WORKER_ID and GIGQ_POLLING_INTERVAL are used where no flag says otherwise", async (t) => {
  const desk = new Desk(t);
  const env = {
    GIGQ_DB: desk.path("env.db"),
    GIGQ_WORKER_ID: "from-env",
    GIGQ_POLLING_INTERVAL: "2",
  };
  for (const _ of [1, 2]) await desk.ask("submit ./jobs.mjs#greet", { env });
  assert.equal(existsSync(desk.db), false);
  await desk.gigq("worker --once", { env });
  await desk.gigq("worker --once --worker-id flag --db env.db", { env });
  const jobs = JSON.parse(await desk.ask("--json status 1 2", { env }));
  const ids = jobs.map((job: { executions: [{ workerId: string }] }) => job.executions[0].workerId);
  assert.deepEqual(ids, ["from-env", "flag"]);
  const unit = await desk.ask("worker --print-unit", { env });
  assert.match(
    unit,
    / worker --worker-id from-env --polling-interval 2s\n|--polling-interval 2s --worker-id from-env\n/,
  );
  assert.deepEqual(
    await desk.gigq("worker --once", { env: { ...env, GIGQ_POLLING_INTERVAL: "often" } }),
    refuses(
      2,
      'GIGQ_POLLING_INTERVAL: "often" is no duration',
      "Give a number with a unit, as in 90s, 15m, 1h30m or 7d",
    ),
  );
});

void test("a shell script gets the id, waits for the job, and reads its result", async (t) => {
  const desk = new Desk(t);
  const id = (await desk.ask("submit ./jobs.mjs#greet -p name=Ada")).trim();
  const waiting = desk.gigq(`wait ${id}`);
  await desk.work();
  assert.equal((await waiting).status, 0);
  assert.equal(JSON.parse(await desk.ask(`status ${id} --json`)).result, "Hello, Ada!");
});

void test("a database of GigQ's is refused, and left as it is", async (t) => {
  const desk = new Desk(t);
  const old = desk.path("old.db");
  const db = new Database(old);
  db.exec("create table jobs (id text primary key, name text not null, status text not null)");
  db.exec("create table job_executions (id text primary key, job_id text not null)");
  db.close();
  const before = readFileSync(old);
  for (const line of ["list", "submit ./jobs.mjs#greet", "worker --once"]) {
    const { status, stderr } = await call(`${line} --db old.db`.split(" "), desk.folder);
    assert.equal(status, 5);
    assert.match(stderr, /^gigq: .*old\.db .*\n.*--db or GIGQ_DB\n$/);
  }
  assert.deepEqual(readFileSync(old), before);
});
