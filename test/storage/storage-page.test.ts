import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PROJECT } from "../support/paths.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const PAGE = readFileSync(join(PROJECT, "docs/storage.md"), "utf8");
const ENGINE = new URL("./memory-storage.js", import.meta.url);

void test("the page's queue and worker run on somebody else's storage", (t) => {
  const { stdout, stderr, status } = run(t, "example.mjs", "storage.close()");
  assert.deepEqual([stdout, stderr, status], ["Hello, Ada!\n", "", 0]);
});

void test("the page's test holds somebody else's storage against the contract", (t) => {
  const { stdout, status } = run(t, "memory-storage.test.mjs", "storageContract(", "--test");
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^# fail 0$/m);
  assert.ok(Number(stdout.match(/^# pass (\d+)$/m)?.[1]) > 150, stdout.slice(-500));
});

/** Runs the block of the page that has these words in it, as whoever follows the page would. */
function run(t: TestContext, file: string, words: string, ...flags: string[]) {
  const folder = temporaryFolder(t);
  copyFileSync(join(PROJECT, "jobs.example.ts"), join(folder, "jobs.ts"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(PROJECT, join(folder, "node_modules", "gigq"));
  writeFileSync(join(folder, "memory-storage.mjs"), `export * from "${ENGINE.href}";\n`);
  const blocks = [...PAGE.matchAll(/^```js\n([\s\S]*?)^```/gm)].map(([, block]) => block!);
  writeFileSync(join(folder, file), blocks.find((block) => block.includes(words))!);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const options = { cwd: folder, encoding: "utf8", env } as const;
  return spawnSync(process.execPath, [...flags, file], options);
}
