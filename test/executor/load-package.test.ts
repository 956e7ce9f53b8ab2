import assert from "node:assert/strict";
import { test } from "node:test";
import type { Isolation } from "../../src/job/isolation.js";
import { attemptAt, attemptOf, Driver, errorOf, resultOf } from "../support/attempts.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { writeFiles } from "../support/write-files.js";

const which = (text: string) => `export const which = () => "${text}";`;
const whichCjs = (text: string) => `exports.which = () => "${text}";`;

const NODE_MODULES = {
  "plain/package.json": { main: "main" },
  "plain/main.js": whichCjs("plain main"),
  "plain/deep/file.js": whichCjs("plain deep"),
  "old/index.js": whichCjs("old index"),
  "esm-only/package.json": { type: "module", exports: { import: "./esm.js" } },
  "esm-only/esm.js": which("esm only"),
  "dual/package.json": { exports: { import: "./esm.mjs", require: "./cjs.cjs" } },
  "dual/esm.mjs": which("imported"),
  "dual/cjs.cjs": whichCjs("required"),
  "@scope/jobs/package.json": {
    type: "module",
    exports: { ".": { import: "./main.js" }, "./images": { import: "./lib/images.js" } },
  },
  "@scope/jobs/main.js": which("scoped"),
  "@scope/jobs/lib/images.js": which("scoped images"),
  "@scope/jobs/lib/hidden.js": which("hidden"),
  "broken/package.json": { type: "module", exports: "./main.js" },
  "broken/main.js": "import 'not-installed'; export const which = 1;",
};

const SPECIFIERS: readonly [specifier: string, answer: string][] = [
  ["plain", "plain main"],
  ["plain/deep/file.js", "plain deep"],
  ["plain/deep/file", "plain deep"],
  ["old", "old index"],
  ["esm-only", "esm only"],
  ["dual", "imported"],
  ["@scope/jobs", "scoped"],
  ["@scope/jobs/images", "scoped images"],
];

for (const isolation of ["process", "thread", "inline"] satisfies Isolation[]) {
  void test(`packages are found in the root, as an import there would (${isolation})`, async (t) => {
    const root = temporaryFolder(t);
    for (const [name, content] of Object.entries(NODE_MODULES)) {
      writeFiles(`${root}/node_modules`, { [name]: content });
    }
    const driver = await Driver.open(t, isolation, { root: `${root}/` });
    for (const [specifier, answer] of SPECIFIERS) {
      assert.equal(resultOf(await driver.run(attemptOf(`${specifier}#which`))), answer);
    }
  });
}

void test("a package that is not there, or hides its file, is told by its name and the root", async (t) => {
  const root = temporaryFolder(t);
  writeFiles(`${root}/node_modules`, NODE_MODULES);
  const driver = await Driver.open(t, "process", { root });
  const absent = errorOf(await driver.run(attemptOf("absent#which")));
  assert.match(absent, /^Error: there is no package "absent" to be found from /);
  assert.ok(absent.includes(`from ${root};`), absent);
  const hidden = errorOf(await driver.run(attemptOf("@scope/jobs/lib/hidden.js#which")));
  assert.match(hidden, /'\.\/lib\/hidden\.js' is not defined by "exports"/);
  const broken = errorOf(await driver.run(attemptOf("broken#which")));
  assert.match(broken, /^Error: Cannot find package 'not-installed'/);
});

void test("a child process runs in the root", async (t) => {
  const root = temporaryFolder(t);
  const driver = await Driver.open(t, "process", { root });
  assert.equal(resultOf(await driver.run(attemptAt("answers.mjs#whereAmI"))), root);
});

void test("modules of Node itself are packages too", async (t) => {
  const driver = await Driver.open(t, "process", { root: temporaryFolder(t) });
  const outcome = await driver.run(attemptOf("node:os#hostname"));
  assert.equal(typeof resultOf(outcome), "string");
});
