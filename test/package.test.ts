import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { installedElsewhere } from "./support/installed-elsewhere.js";
import { PROJECT } from "./support/paths.js";

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

void test("where the README of the package points to, there is something in the package", (t) => {
  const installed = join(installedElsewhere(t), "node_modules", "gigq");
  const links = readFileSync(join(installed, "README.md"), "utf8").matchAll(/\]\(([^#)]+)/g);
  const targets = [...links].map(([, target]) => target!).filter((one) => !/^https?:/.test(one));
  assert.ok(targets.includes("docs/jobs.md"));
  for (const target of targets) assert.ok(existsSync(join(installed, target)), target);
});

void test("SQLite that was not built, or for another Node, is named, and how to build it", (t) => {
  const folder = installedElsewhere(t);
  const modules = join(folder, "node_modules/gigq/node_modules");
  const source = join(PROJECT, "node_modules");
  rmSync(modules);
  mkdirSync(modules);
  for (const name of readdirSync(source)) {
    if (name !== "better-sqlite3") symlinkSync(join(source, name), join(modules, name));
  }
  const driver = join(modules, "better-sqlite3");
  for (const part of ["lib", "package.json"]) {
    cpSync(join(source, "better-sqlite3", part), join(driver, part), { recursive: true });
  }
  const submit = () =>
    spawnSync(
      process.execPath,
      ["node_modules/gigq/bin/gigq.js", "submit", "./node_modules/gigq/jobs.example.ts#greet"],
      { cwd: folder, encoding: "utf8" },
    );
  const expected =
    /^gigq: SQLite is not built for this Node \(\S+\): .+\nBuild it with: npm rebuild /;
  const missing = submit();
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, expected);
  assert.ok(!existsSync(join(folder, "gigq.db")));
  mkdirSync(join(driver, "build"));
  writeFileSync(join(driver, "build", "better_sqlite3.node"), "for another machine");
  const other = submit();
  assert.equal(other.status, 1);
  assert.match(other.stderr, expected);
});
