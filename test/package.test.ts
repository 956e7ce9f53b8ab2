import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PROJECT } from "./support/paths.js";
import { temporaryFolder } from "./support/temporary-folder.js";

/** Unpacks what npm would publish into the node_modules of a project elsewhere. */
function installedElsewhere(t: TestContext): string {
  const folder = temporaryFolder(t);
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  execFileSync("npm", pack, { cwd: PROJECT });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  const installed = join(folder, "node_modules", "gigq");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["xzf", join(folder, tarball!), "-C", installed, "--strip-components=1"]);
  // Its dependencies are the ones installed here: building SQLite again would take minutes.
  symlinkSync(join(PROJECT, "node_modules"), join(installed, "node_modules"));
  return folder;
}

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
