import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { installedElsewhere } from "./support/installed-elsewhere.js";

void test("what is published runs a TypeScript job, and can be imported", (t) => {
  const folder = installedElsewhere(t);
  const node = (...args: string[]) =>
    execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  const binary = "node_modules/gigq/bin/gigq.js";
  const jobs = "./node_modules/gigq/jobs.example.ts#greet";
  assert.equal(node(binary, "run", jobs, "-p", "name=Ada"), "Hello, Ada!\n");
  writeFileSync(
    join(folder, "use.mjs"),
    'import { JobQueue } from "gigq"; const queue = new JobQueue("gigq.db"); console.log((await queue.stats()).completed); await queue.close();',
  );
  assert.equal(node("use.mjs"), "1\n");
});

void test("what is published holds anybody's storage against the contract", (t) => {
  const folder = installedElsewhere(t);
  writeFileSync(
    join(folder, "engine.test.mjs"),
    `import { storageContract } from "gigq/storage-contract";
    storageContract("none", () => { throw new Error("there is no engine"); });`,
  );
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ["--test", "engine.test.mjs"];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", env });
  assert.match(stdout, /^# pass 0$/m);
  assert.ok(Number(stdout.match(/^# fail (\d+)$/m)?.[1]) > 150, stdout.slice(-500));
  assert.match(stdout, /there is no engine/);
});

void test("what is published has neither tests nor maps, and its types are there", (t) => {
  const installed = join(installedElsewhere(t), "node_modules", "gigq");
  const files = readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" });
  assert.deepEqual(readdirSync(join(installed, "dist")), ["src"]);
  assert.deepEqual(
    files.filter((file) => file.endsWith(".map")),
    [],
  );
  assert.ok(files.includes("src/index.d.ts"));
});
