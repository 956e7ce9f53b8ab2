import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Job, JobQueue, JobStatus, task, Worker, Workflow } from "../src/index.js";
import { call } from "./cli/call.js";
import { PROJECT } from "./support/paths.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const TEXT = readFileSync(join(PROJECT, "docs/coming-from-gigq.md"), "utf8");

interface Row {
  readonly theirs: string;
  /** What it is here, and what is said about it. */
  readonly ours: string;
}

/** The rows of the tables under a heading. */
function rowsOf(heading: string): Row[] {
  const start = TEXT.indexOf(`\n## ${heading}\n`);
  assert.notEqual(start, -1, heading);
  const section = TEXT.slice(start + 1).split(/^## /m)[1]!;
  return [...section.matchAll(/^\| (?!-)(.*?) \| (.*) \|$/gm)].map(([, theirs, ours]) => ({
    theirs: theirs!,
    ours: ours!,
  }));
}

/** What stands between backticks, outside of blocks. */
function codeIn(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

/** All that GigQ's documentation names, by the heading under which its row stands. */
const THEIRS: Readonly<Record<string, string>> = {
  Job: "name function params priority dependencies max_attempts timeout description pass_parent_results retry_delay id created_at",
  JobQueue:
    "JobQueue initialize submit get_status get_result list_jobs limit cancel requeue_job clear_completed before_timestamp stats close close_connections get_connection close_connection",
  Worker:
    "Worker worker_id polling_interval concurrency start stop process_one close SIGINT SIGTERM current_job_id setup_logging _claim_job",
  "task and TaskWrapper":
    "@task name priority max_attempts timeout description retry_delay submit to_job lambda async generator twice",
  Workflow: "Workflow jobs add_job add_task depends_on pass_parent_results submit_all True False",
  "Command line":
    "submit --name --param -p --priority --max-attempts --timeout --retry-delay --description status --show-params --show-result --show-executions list --status --limit cancel requeue clear --before stats worker --worker-id --polling-interval --concurrency --once",
  MCP: "gigq-mcp GIGQ_DB_PATH gigq_submit_job gigq_submit_workflow gigq_get_job_status gigq_get_job_result gigq_list_jobs gigq_queue_stats gigq_cancel_job gigq_requeue_job db_path",
};

for (const [heading, names] of Object.entries(THEIRS)) {
  void test(`everything that GigQ has of "${heading}" has a row`, () => {
    const words = rowsOf(heading).flatMap(({ theirs }) => theirs.match(/@?-*\w[\w-]*/g) ?? []);
    assert.deepEqual(
      names.split(" ").filter((name) => !words.includes(name)),
      [],
    );
  });
}

void test("every method and property that is named exists on its class", () => {
  const things: Readonly<Record<string, object>> = {
    queue: new JobQueue("gigq.db"),
    worker: new Worker("gigq.db"),
    flow: new Workflow("flow"),
    job: new Job({ function: "./jobs.ts#resize" }),
    task: task(import.meta.url, function resize() {}),
  };
  const names = codeIn(TEXT).flatMap((code) => [
    ...code.matchAll(/\b(queue|worker|flow|job|task)\.(\w+)/g),
  ]);
  assert.ok(names.length > 25, `${names.length} names`);
  for (const [name, thing, member] of names) assert.ok(member! in things[thing!]!, name);
  const status = TEXT.match(/`JobStatus\.(\w+)`/)![1]!;
  assert.ok(status in JobStatus, status);
});

void test("every option that is named for a job, a task or a worker is one", () => {
  const named = (heading: string): string[] =>
    rowsOf(heading)
      .flatMap(({ ours }) => codeIn(ours.split(" | ")[0]!))
      .flatMap((code) => code.match(/^[a-z]\w*$/i) ?? []);
  const inTypes = (file: string, options: readonly string[]) => {
    const types = readFileSync(join(PROJECT, `dist/src/${file}.d.ts`), "utf8");
    for (const option of options) assert.match(types, new RegExp(`\\b${option}\\b.*[:"]`), option);
  };
  const [job, worker] = [named("Job"), named("Worker")];
  assert.ok(job.length > 10 && worker.length > 4, `${job} ${worker}`);
  inTypes("job/job", job);
  inTypes("worker/check-worker", worker);
  inTypes("queue/task", named("task and TaskWrapper"));
});

void test("every tool of the MCP server has a row, and no other", () => {
  const toolIn = (text: string) => text.match(/^`([a-z]+_[a-z]+)`/)?.[1] ?? [];
  const named = rowsOf("MCP").flatMap(({ ours }) => toolIn(ours));
  const tools = readFileSync(join(PROJECT, "docs/mcp.md"), "utf8").match(/^\| `\w+`/gm)!;
  assert.deepEqual(named.sort(), tools.flatMap((row) => toolIn(row.slice(2))).sort());
});

/** Each call of gigq that is named, with the flags in it. */
function callsIn(text: string): { command: string[]; flags: string[] }[] {
  return codeIn(text)
    .filter((code) => /^gigq [a-z]/.test(code))
    .map((code) => {
      const words = code.split(" ").slice(1);
      const command = words.slice(0, words[0] === "workflow" ? 2 : 1);
      return { command, flags: words.filter((word) => word.startsWith("--")) };
    });
}

const NAMED = new Map<string, Set<string>>();
for (const { command, flags } of callsIn(TEXT)) {
  const name = command.join(" ");
  NAMED.set(name, new Set([...(NAMED.get(name) ?? []), ...flags]));
}

for (const [command, flags] of NAMED) {
  void test(`gigq ${command} is there, with every flag that is named`, async (t) => {
    const help = await call([...command.split(" "), "--help"], temporaryFolder(t));
    // Where there is no such command, that is the help on gigq itself.
    const [name, verb = ""] = command.split(" ");
    assert.ok(help.stdout.startsWith(`Usage: gigq ${name} `), help.stdout.split("\n")[0]);
    assert.ok(help.stdout.includes(verb), help.stdout);
    const known: string[] = help.stdout.match(/--[a-z][a-z-]*/g) ?? [];
    assert.deepEqual(
      [...flags].filter((flag) => !known.includes(flag)),
      [],
    );
  });
}

void test("the examples run, and print what they should", (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(PROJECT, join(folder, "node_modules/gigq"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  for (const [, name, source] of TEXT.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)) {
    writeFileSync(join(folder, name!), source!);
  }
  const jiti = join(PROJECT, "node_modules/jiti/lib/jiti-cli.mjs");
  for (const [name, printed] of [
    ["submit.ts", "{ file: 'a.png', width: 800 }\n"],
    ["flow.ts", "12\n"],
  ] as const) {
    const ran = spawnSync(process.execPath, [jiti, name], { cwd: folder, encoding: "utf8" });
    assert.deepEqual([ran.stdout, ran.stderr, ran.status], [printed, "", 0]);
  }
});
