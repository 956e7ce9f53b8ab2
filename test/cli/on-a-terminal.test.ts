import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { collect } from "../support/gigq.js";
import { GIGQ } from "../support/paths.js";
import { Desk } from "./desk.js";

const COLUMNS = 80;

const noTerminal =
  spawnSync("script", ["-qec", "stty size", "/dev/null"]).status !== 0 &&
  "it needs script(1) of util-linux, for a terminal";

/** Runs a shell line on a real terminal of 80 columns; `gigq` is there under its name. */
async function show(line: string, desk: Desk, env: Record<string, string> = {}): Promise<string> {
  const setUp = `stty cols ${COLUMNS} rows 24; gigq() { "${process.execPath}" "${GIGQ}" "$@"; }`;
  const { NO_COLOR: _, GIGQ_DB: __, ...rest } = process.env;
  const child = spawn("script", ["-qec", `${setUp}; ${line}`, "/dev/null"], {
    cwd: desk.folder,
    env: { ...rest, TERM: "xterm-256color", SHELL: "/bin/sh", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stdout = collect(child.stdout);
  await once(child, "close");
  return stdout().replaceAll("\r\n", "\n");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences.
const COLOURS = /\x1b\[[0-9;]*m/g;

/** What is left on the screen in the end: lines may have been written over. */
function screen(output: string): string[] {
  return output
    .replaceAll(COLOURS, "")
    .split("\n")
    .map((line) =>
      // biome-ignore lint/suspicious/noControlCharactersInRegex: so are the cursor's movements.
      line.replaceAll(/^.*\x1b\[[01]?K/g, "").replaceAll(/\x1b\[[?0-9;]*[A-Za-z]/g, ""),
    );
}

const table = { skip: noTerminal };

void test("a list fits the terminal, in colour", table, async (t) => {
  const desk = new Desk(t);
  const at = (name: string) => `${desk.path("jobs.mjs")}#${name}`;
  await desk.queue.submitAll([
    new Job({ function: at("fail"), maxAttempts: 1, params: { message: "very bad ".repeat(40) } }),
    new Job({ function: at("greet"), name: "a job with a name that is far too long for a table" }),
    new Job({ function: at("greet"), name: "ジョブ".repeat(20) }),
  ]);
  await desk.work();
  const output = await show("gigq list", desk);
  const lines = screen(output);
  assert.equal(lines.length, 6);
  for (const line of lines) assert.ok(cells(line) <= COLUMNS, `${cells(line)}: ${line}`);
  assert.match(lines[1]!, /^3 {2}ジョブ.*… +completed +1\/3 /);
  assert.match(lines[3]!, /^1 {2}fail +failed +1\/1 .*TypeError: very bad ver.*…$/);
  for (const painted of ["\x1b[32mcompleted\x1b[39m", "\x1b[31mfailed\x1b[39m"]) {
    assert.ok(output.includes(painted), output);
  }
});

void test("NO_COLOR turns colours off, and the table fits all the same", table, async (t) => {
  const desk = new Desk(t);
  await desk.queue.submit(new Job({ function: "pack#job", name: "x".repeat(200) }));
  const output = await show("gigq list; gigq status 9; gigq --frobnicate", desk, { NO_COLOR: "1" });
  assert.ok(!output.includes("\x1b"), output);
  for (const line of output.split("\n")) assert.ok(line.length <= COLUMNS, line);
  assert.match(output, /^1 {2}x+… +pending/m);
  assert.match(output, /^gigq: there is no job #9\ngigq list shows the jobs there are\n/m);
});

void test("the spinner of a run tells what happens, and leaves no trace", table, async (t) => {
  const desk = new Desk(t);
  const output = await show(
    "gigq run ./jobs.mjs#secondTime -p file=tries --retry-delay 0.3s",
    desk,
  );
  assert.match(output, /secondTime #1 {2}(running|pending)/);
  assert.deepEqual(screen(output), ["2", ""]);
  assert.ok(output.lastIndexOf("\x1b[?25h") > output.lastIndexOf("\x1b[?25l"), "cursor is back");
});

void test("what a job writes stands above the spinner", table, async (t) => {
  const desk = new Desk(t);
  const output = await show("gigq run ./jobs.mjs#talk", desk);
  assert.deepEqual(screen(output).sort(), ["", "an answer", "to stderr", "to stdout"]);
});

void test("requeueing many shows how far it is, and leaves no trace", table, async (t) => {
  const desk = new Desk(t);
  await desk.queue.submitAll(
    Array.from({ length: 1_200 }, () => new Job({ function: "pack#job" })),
  );
  await desk.queue.cancelAll(Array.from({ length: 1_200 }, (_, index) => index + 1));
  const output = await show("gigq requeue --status cancelled", desk);
  assert.match(output, /[\d,]+ jobs requeued/);
  assert.deepEqual(screen(output), ["Requeued 1,200 jobs", ""]);
});

void test("people are told the number of a job, and scripts its id", table, async (t) => {
  const desk = new Desk(t);
  const output = await show('id=$(gigq submit ./jobs.mjs#greet); echo "id $id"', desk);
  const { id } = await desk.job(1);
  assert.deepEqual(screen(output), ["submitted greet #1", `id ${id}`, ""]);
});

/** How many cells of a terminal a line takes; kana take two. */
function cells(line: string): number {
  return [...line].reduce((sum, character) => sum + (/[ァ-ヶー]/.test(character) ? 2 : 1), 0);
}

void test(
  "a terminal that does not know its size is taken for one of 80 columns",
  table,
  async (t) => {
    const desk = new Desk(t);
    const ran = await show("stty cols 0 rows 0; gigq run ./jobs.mjs#greet; gigq list", desk);
    const lines = screen(ran).map((line) => line.trimEnd());
    assert.equal(lines[0], "Hello, world!");
    assert.match(lines[2]!, /^1 {2}greet +completed +1\/3 /);
  },
);

void test(
  "supervised workers know the terminal: in colour, and nothing of a job's reaches it but text",
  table,
  async (t) => {
    const desk = new Desk(t);
    writeFileSync(
      desk.path("evil.mjs"),
      'export const evil = () => console.log("its \\x1b]0;title\\x07\\x1b[2Jtext");\n',
    );
    await desk.ask("submit ./evil.mjs#evil");
    const output = await show("gigq worker --drain --processes 2 --worker-id box", desk);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour is looked for.
    assert.match(output, /\x1b\[2m\d\d:\d\d:\d\d\x1b\[22m {2}worker box\.1 on /);
    assert.match(output, /^its text$/m);
    assert.ok(!output.includes("\x1b]") && !output.includes("\x1b[2J"), JSON.stringify(output));
  },
);
