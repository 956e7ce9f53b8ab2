import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isAlive } from "../support/alive.js";
import { eventually } from "../support/eventually.js";
import { PROJECT } from "../support/paths.js";
import { Desk } from "./desk.js";
import { McpClient } from "./mcp-client.js";

void test("each tool says what it takes, and is in docs/mcp.md with its arguments", async (t) => {
  const client = new McpClient(t, new Desk(t).folder);
  const { tools } = (await client.request("tools/list")).result;
  const rows = [];
  for (const { name, description, inputSchema, annotations } of tools) {
    assert.equal(annotations.openWorldHint, false);
    assert.ok(description.length > 20, name);
    const closed = [inputSchema, ...Object.values(inputSchema.properties)]
      .flatMap((schema) => [schema, schema.items ?? {}])
      .filter((schema) => schema.properties !== undefined);
    for (const { additionalProperties, properties, required = [] } of closed) {
      assert.equal(additionalProperties, false, name);
      for (const [key, property] of Object.entries<{ description: string }>(properties)) {
        assert.ok(property.description.length > 5, `${name} ${key}`);
      }
      for (const key of required) assert.ok(Object.hasOwn(properties, key), `${name} ${key}`);
    }
    rows.push([name, Object.keys(inputSchema.properties)]);
  }
  const text = readFileSync(join(PROJECT, "docs/mcp.md"), "utf8");
  const table = [...text.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name, cell]) => [
    name,
    [...cell!.matchAll(/`(\w+)`/g)].map(([, word]) => word),
  ]);
  assert.deepEqual(table, rows);
});

void test("a job is submitted, waits for a worker with a hint, and is looked at in every way", async (t) => {
  const desk = new Desk(t);
  writeFileSync(desk.path("loud.mjs"), 'console.log("loaded"); throw new Error("loaded");\n');
  const client = new McpClient(t, desk.folder);
  const job = await client.done("submit_job", {
    function: "./jobs.mjs#talk",
    name: "speak",
    params: { file: "a.png" },
    maxAttempts: 2,
    timeout: null,
    retryDelay: 1.5,
    backoff: "exponential",
    onParentFailure: "wait",
    priority: -3,
    description: "for people",
  });
  const { id } = await desk.job(1);
  assert.deepEqual(job, { id, seq: 1, name: "speak", status: "pending" });
  assert.deepEqual(await client.done("job_status", { id: "#1" }), {
    ...(await desk.job(1)),
    function: `${desk.path("jobs.mjs")}#talk`,
    params: { file: "a.png" },
    maxAttempts: 2,
    timeout: null,
    retryDelay: 1.5,
    backoff: "exponential",
    onParentFailure: "wait",
    priority: -3,
    description: "for people",
  });
  await client.done("submit_job", { function: "./loud.mjs#any", dependencies: [id, 1] });
  await client.done("submit_job", { function: "./jobs.mjs#fail", runAt: "2999-01-01T00:00:00Z" });
  assert.deepEqual(await client.done("queue_stats"), {
    ...(await desk.queue.stats()),
    pending: 3,
    ready: 1,
    hint: `1 job is ready, and no worker is alive. Start one in a terminal: gigq worker --db ${desk.db}`,
  });
  const early = await client.done("job_result", { id });
  assert.deepEqual(early, { ...job, result: null, error: null });

  await desk.gigq("worker --drain");

  const result = { ...job, status: "completed", result: "an answer", error: null };
  assert.deepEqual(await client.done("job_result", { id: 1 }), result);
  const { lines, ...rest } = await client.done("job_logs", { id });
  assert.deepEqual(rest, { ...job, status: "completed", earlier: 0 });
  const words = lines.map(({ stream, text }: { stream: string; text: string }) => [stream, text]);
  assert.deepEqual(words.sort(), [
    ["stderr", "to stderr"],
    ["stdout", "to stdout"],
  ]);
  const last = await client.done("job_logs", { id, attempt: 1, limit: 1 });
  assert.deepEqual([last.earlier, last.lines], [1, lines.slice(1)]);
  const stats = await client.done("queue_stats");
  assert.deepEqual([stats.ready, stats.hint], [0, undefined]);

  const { jobs } = await client.done("list_jobs", { status: ["failed", "pending"] });
  const seqs = jobs.map(({ seq }: { seq: number }) => seq);
  assert.deepEqual(seqs, [3, 2]);
  assert.equal("params" in jobs[0] || "result" in jobs[0], false);
  assert.match(jobs[1].error, /^[^\n]*loaded$/);
  const page = await client.done("list_jobs", { before: 3, limit: 1, name: "any" });
  assert.deepEqual(page.jobs, [jobs[1]]);
  await client.leave();
});

void test("jobs are cancelled and requeued, or it is said why not", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  const { id } = await client.done("submit_job", { function: "./jobs.mjs#greet" });
  await client.done("submit_job", { function: "./jobs.mjs#greet", name: "b", dependencies: [1] });
  const cancelled = { id, seq: 1, name: "greet", status: "cancelled", followed: 1 };
  assert.deepEqual(await client.done("cancel_job", { id: 1 }), cancelled);
  assert.deepEqual(await client.refused("cancel_job", { id, force: true }), [
    "forbidden",
    "#1 greet is cancelled already",
    "Only jobs that are not over can be cancelled",
  ]);
  assert.deepEqual(await client.refused("requeue_job", { id: 2 }), [
    "forbidden",
    "#2 b cannot run again before its parent does: parent #1 was cancelled",
    "Requeue the parent: that restores this job too",
  ]);
  assert.deepEqual(await client.done("requeue_job", { id: 1 }), {
    ...cancelled,
    status: "pending",
  });
  assert.deepEqual(await client.refused("requeue_job", { id: 1 }), [
    "forbidden",
    "#1 greet is pending",
    "Only failed, timed out and cancelled jobs can be requeued",
  ]);
  await client.done("submit_job", {
    function: "./jobs.mjs#greet",
    dependencies: [2],
    onParentFailure: "wait",
  });
  const all = await client.done("cancel_job", { id: 1, downstream: true });
  assert.deepEqual([all.followed, (await desk.queue.stats()).cancelled], [2, 3]);
});

void test("a running job is killed with force only", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  const file = desk.path("held");
  await client.done("submit_job", { function: "./jobs.mjs#hold", params: { file } });
  desk.start("worker");
  const [pid] = await desk.pids("held");
  assert.deepEqual(await client.refused("cancel_job", { id: 1 }), [
    "forbidden",
    "#1 hold is running, and only pending jobs are cancelled",
    "To kill it, give force: true",
  ]);
  const { status } = await client.done("cancel_job", { id: 1, force: true });
  assert.equal(status, "cancelled");
  await eventually("the end of the job", () => !isAlive(pid!));
});

void test("the steps of a workflow are stored in any order, and run in that of their dependencies", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  const { id: before } = await client.done("submit_job", { function: "./jobs.mjs#greet" });
  const { jobs } = await client.done("submit_workflow", {
    steps: [
      { id: "last", function: "./jobs.mjs#greet", dependsOn: ["a", "b"], name: "the end" },
      { id: "a", function: "./jobs.mjs#greet", params: { name: "Ada" } },
      { id: "b", function: "./jobs.mjs#echo", dependsOn: [1, "a"], priority: 2 },
    ],
  });
  const stored = await Promise.all([desk.job(2), desk.job(3), desk.job(4)]);
  assert.deepEqual(
    jobs,
    stored.map(({ id, seq, name, status }, index) => ({
      step: ["last", "a", "b"][index],
      ...{ id, seq, name, status },
    })),
  );
  const [last, a, b] = stored;
  assert.deepEqual([last!.name, a!.name, b!.name], ["the end", "a", "b"]);
  assert.deepEqual(
    [last!.dependencies, a!.dependencies, b!.dependencies],
    [[a!.id, b!.id], [], [before, a!.id]],
  );
  await desk.work();
  assert.equal((await desk.job(2)).status, "completed");
});

void test("of a workflow with something wrong in it, nothing is stored", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  const step = (id: string, more: object = {}) => ({ id, function: "./jobs.mjs#greet", ...more });
  const cases: readonly [steps: readonly object[], ...told: readonly string[]][] = [
    [[], "usage", "steps is empty", "Give 1 at least"],
    [
      [step("a", { dependsOn: ["b"] }), step("b", { dependsOn: ["a"] })],
      "cycle",
      "jobs wait for each other: a → b → a",
      "Take one of these dependencies away",
    ],
    [
      [step("a"), step("b", { dependsOn: ["c"] })],
      "usage",
      'step b: it depends on "c", and there is no such step',
      "The steps are: a, b",
    ],
    [[step("a"), step("a")], "usage", 'two steps have the id "a"', "Give each an id of its own"],
    [
      [step("a"), step("b", { function: "./jbos.mjs#greet" })],
      "usage",
      "step b: there is no module at ./jbos.mjs",
      `Paths are relative to where you stand (${desk.folder}). Did you mean ./jobs.mjs?`,
    ],
    [
      [step("a", { dependsOn: "b" })],
      "usage",
      'steps[0].dependsOn is "b"',
      "steps[0].dependsOn must be a list",
    ],
    [
      [step("a"), { function: "./jobs.mjs#greet" }],
      "usage",
      'steps[1] needs "id"',
      "steps[1].id: Names the step in this call, and its job unless there is a name.",
    ],
  ];
  for (const [steps, ...told] of cases) {
    assert.deepEqual(await client.refused("submit_workflow", { steps }), told);
  }
  if (existsSync(desk.db)) assert.equal((await desk.queue.stats()).total, 0);
});

void test("where there is no queue, it is said, and none is created", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  const readers: readonly [tool: string, given: object][] = [
    ["job_status", { id: 1 }],
    ["job_result", { id: 1 }],
    ["job_logs", { id: 1 }],
    ["list_jobs", {}],
    ["queue_stats", {}],
    ["cancel_job", { id: 1 }],
    ["requeue_job", { id: 1 }],
    ["submit_job", { function: "./jobs.mjs#greet", dependencies: [1] }],
  ];
  for (const [tool, given] of readers) {
    assert.deepEqual(await client.refused(tool, given), [
      "no-queue",
      `there is no queue at ${desk.db}`,
      "Name one with --db or GIGQ_DB, or create it with: gigq init",
    ]);
  }
  await client.refused("submit_job", { function: "./nowhere.mjs#greet" });
  assert.equal(existsSync(desk.db), false);
});

void test("arguments that a tool cannot take are refused with what it takes", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  await desk.queue.open();
  const fn = "./jobs.mjs#greet";
  const ref = "Give a job's number, as in 42, or its id; gigq list shows both";
  const cases: readonly [tool: string, given: object, message: string, hint: string][] = [
    ["job_status", {}, 'job_status needs "id"', "id: The job's number, as in 42, or its id."],
    ["job_status", { id: 1, force: true }, 'job_status takes no "force"', "Known are: id"],
    ["job_status", { id: null }, "id is null", "id must be a whole number, or a text"],
    ["job_status", { id: "greet" }, '"greet" is no job id', ref],
    ["job_status", { id: -1 }, '"-1" is no job id', ref],
    ["queue_stats", { a: 1 }, 'queue_stats takes no "a"', "It takes no arguments"],
    ["list_jobs", { limit: "10" }, 'limit is "10"', "limit must be a whole number"],
    ["list_jobs", { limit: 1001 }, "limit is 1001", "The largest is 1000"],
    ["list_jobs", { status: "failed" }, 'status is "failed"', "status must be a list"],
    [
      "list_jobs",
      { status: ["done"] },
      'status[0] is "done"',
      "status[0] must be one of: pending, running, completed, failed, cancelled, timeout",
    ],
    ["submit_job", { function: fn, params: [] }, "params is []", "params must be an object"],
    [
      "submit_job",
      { function: fn, timeout: 0 },
      "timeout is 0, and would leave a job no time",
      "Leave it out, or give null for no limit",
    ],
    [
      "submit_job",
      { function: fn, backoff: "linear" },
      'backoff is "linear"',
      "backoff must be one of: fixed, exponential",
    ],
    [
      "submit_job",
      { function: "./jobs.mjs" },
      '"./jobs.mjs" does not name a module and an export',
      'Write the module, a "#" and the name of the export: ./jobs.mjs#resize',
    ],
  ];
  for (const [tool, given, message, hint] of cases) {
    assert.deepEqual(await client.refused(tool, given), ["usage", message, hint]);
  }
  for (const tool of ["job_status", "job_result", "job_logs", "cancel_job", "requeue_job"]) {
    assert.deepEqual(await client.refused(tool, { id: 7 }), [
      "unknown-job",
      "there is no job #7",
      "gigq list shows the jobs there are",
    ]);
  }
  const [code] = await client.refused("submit_job", { function: fn, dependencies: [7] });
  assert.equal(code, "unknown-parent");
  assert.equal((await desk.queue.stats()).total, 0);
});

void test("a database that was taken away is not written to any more", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  await client.done("submit_job", { function: "./jobs.mjs#greet" });
  await client.done("submit_job", { function: "./jobs.mjs#greet" });
  for (const end of ["", "-wal", "-shm"]) rmSync(`${desk.db}${end}`, { force: true });
  const [code] = await client.refused("queue_stats");
  assert.equal(code, "no-queue");
  const { seq } = await client.done("submit_job", { function: "./jobs.mjs#greet" });
  assert.equal(seq, 1);
  assert.equal((await desk.queue.stats()).total, 1);
});

void test("--db names the queue, and modules are found from where the server stands", async (t) => {
  const [desk, other] = [new Desk(t), new Desk(t)];
  const client = new McpClient(t, desk.folder, ["--db", other.db]);
  await client.done("submit_job", { function: "jobs.mjs#greet" });
  assert.equal((await other.job(1)).function, `${desk.path("jobs.mjs")}#greet`);
  assert.equal(existsSync(desk.db), false);
  const spaced = new McpClient(t, desk.folder, ["--db", `${desk.folder}/my queue.db`]);
  await spaced.done("submit_job", { function: "jobs.mjs#greet" });
  const { hint } = await spaced.done("queue_stats");
  assert.ok(hint.endsWith(`gigq worker --db '${desk.folder}/my queue.db'`), hint);
});
