import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PROJECT } from "../support/paths.js";
import { call } from "./call.js";
import { Desk, says } from "./desk.js";

const COMMANDS: readonly string[] = [
  ...["submit", "workflow", "run", "worker", "status", "why", "list", "logs", "wait"],
  ...["cancel", "requeue", "clear", "workers", "stats", "backup", "init", "mcp"],
];

void test("gigq alone, gigq help and gigq --help show all commands, on stdout", async (t) => {
  const desk = new Desk(t);
  const [alone, help, option, among] = await Promise.all([
    desk.gigq([]),
    desk.gigq("help"),
    desk.gigq("--help"),
    desk.gigq("--json help"),
  ]);
  assert.deepEqual(alone, says({ stdout: alone.stdout }));
  for (const other of [help, option, among]) assert.deepEqual(other, alone);
  const listed = [...alone.stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name);
  assert.deepEqual(listed, COMMANDS);
  assert.match(alone.stdout, /^Example: gigq run /m);
  assert.match(alone.stdout, /^Help on a command: gigq help submit$/m);
});

void test("gigq help submit is gigq submit --help", async (t) => {
  const desk = new Desk(t);
  const [help, option, short] = await Promise.all([
    desk.gigq("help submit"),
    desk.gigq("submit --help"),
    desk.gigq("submit -h ./jobs.mjs#greet"),
  ]);
  assert.deepEqual(help, says({ stdout: help.stdout }));
  assert.match(help.stdout, /^Usage: gigq submit /);
  assert.deepEqual([option, short], [help, help]);
});

for (const name of COMMANDS) {
  void test(`the help on ${name} shows an example and what goes for all commands`, async () => {
    const { status, stdout, stderr } = await call(["help", name], PROJECT);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^Usage: gigq ${name} `));
    assert.match(stdout, new RegExp(`^(Example: |  (id=\\$\\()?)gigq ${name}\\b`, "m"));
    for (const option of ["--db <path>", "--json", "--debug", "-h, --help"]) {
      assert.ok(stdout.includes(`  ${option} `), option);
    }
    for (const line of stdout.split("\n")) assert.ok(line.length <= 110, line);
  });
}

void test("-V prints the version of the package", async (t) => {
  const desk = new Desk(t);
  const { version } = JSON.parse(readFileSync(`${PROJECT}package.json`, "utf8"));
  const expected = says({ stdout: `${version}\n` });
  assert.deepEqual(await Promise.all([desk.gigq("-V"), desk.gigq("--version")]), [
    expected,
    expected,
  ]);
});
