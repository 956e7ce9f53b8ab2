import assert from "node:assert/strict";
import { mkdirSync, renameSync, symlinkSync, unlinkSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Isolation } from "../../src/job/isolation.js";
import { attemptOf, Driver, errorOf, resultOf } from "../support/attempts.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { writeFiles } from "../support/write-files.js";

const SOURCE = "export const where = () => import.meta.url;";
const ISOLATIONS = ["process", "thread", "inline"] satisfies Isolation[];

/** `root/` with modules in it, and others beside it. */
function scene(t: TestContext): { folder: string; root: string } {
  const folder = temporaryFolder(t);
  const root = `${folder}/root`;
  for (const place of ["root/inside", "root/in.side", "outside", "root-not"]) {
    writeFiles(`${folder}/${place}`, { "jobs.mjs": SOURCE, "jobs.ts": SOURCE });
  }
  writeFiles(folder, {
    "outside/package.json": { type: "module", exports: "./jobs.mjs" },
    "root/..odd.mjs": SOURCE,
    "root/imports.mjs": 'export { where } from "../outside/jobs.mjs";',
    "root/packages/mine/package.json": { type: "module", exports: "./jobs.mjs" },
    "root/packages/mine/jobs.mjs": SOURCE,
    "node_modules/above/package.json": { type: "module", exports: "./jobs.mjs" },
    "node_modules/above/jobs.mjs": SOURCE,
  });
  mkdirSync(`${root}/node_modules`);
  symlinkSync("../packages/mine", `${root}/node_modules/mine`);
  symlinkSync(`${folder}/outside`, `${root}/node_modules/theirs`);
  symlinkSync("inside/jobs.mjs", `${root}/link-inside.mjs`);
  symlinkSync("inside", `${root}/folder-inside`);
  symlinkSync("../outside/jobs.mjs", `${root}/link.mjs`);
  symlinkSync("../outside/jobs.ts", `${root}/link.ts`);
  symlinkSync("../outside", `${root}/folder`);
  symlinkSync("link.mjs", `${root}/link-to-link.mjs`);
  mkdirSync(`${root}/folder.ts`);
  symlinkSync("../../outside/jobs.ts", `${root}/folder.ts/index.ts`);
  symlinkSync("root", `${folder}/root-link`);
  return { folder, root };
}

for (const isolation of ISOLATIONS) {
  void test(`with a root, modules inside of it are loaded (${isolation})`, async (t) => {
    const { folder, root } = scene(t);
    const driver = await Driver.open(t, isolation, { root, confined: true });
    const inside: readonly [module: string, file: string][] = [
      [`${root}/inside/jobs.mjs`, "inside/jobs.mjs"],
      [`${root}/inside/jobs.ts`, "inside/jobs.ts"],
      [`${root}/in.side/../inside/jobs.mjs`, "inside/jobs.mjs"],
      [`${root}/..odd.mjs`, "..odd.mjs"],
      [`${root}/link-inside.mjs`, "inside/jobs.mjs"],
      [`${root}/folder-inside/jobs.ts`, "inside/jobs.ts"],
      [`${folder}/root-link/inside/jobs.mjs`, "inside/jobs.mjs"],
      [`${pathToFileURL(root).href}/in%73ide/jobs.mjs`, "inside/jobs.mjs"],
      ["mine", "packages/mine/jobs.mjs"],
    ];
    for (const [module, file] of inside) {
      const url = resultOf(await driver.run(attemptOf(`${module}#where`)));
      assert.equal(url, `${pathToFileURL(root).href}/${file}`, module);
    }
    // What a module imports is its own matter.
    const url = resultOf(await driver.run(attemptOf(`${root}/imports.mjs#where`)));
    assert.equal(url, pathToFileURL(`${folder}/outside/jobs.mjs`).href);
  });

  void test(`with a root, modules outside of it are refused (${isolation})`, async (t) => {
    const { folder, root } = scene(t);
    const driver = await Driver.open(t, isolation, { root, confined: true });
    const outside = [
      `${folder}/outside/jobs.mjs`,
      `${folder}/outside/jobs.ts`,
      `${folder}/root-not/jobs.mjs`,
      `${root}/../outside/jobs.mjs`,
      `${root}/link.mjs`,
      `${root}/link.ts`,
      `${root}/link-to-link.mjs`,
      `${root}/folder/jobs.mjs`,
      `${root}/folder/jobs.ts`,
      `${pathToFileURL(root).href}/%2e%2e/outside/jobs.mjs`,
      `${pathToFileURL(root).href}/folder/jobs%2Emjs`,
      "theirs",
      "above",
      "node:child_process",
      "child_process",
      "fs/promises",
      "data:text/javascript,export const where = () => 1;",
    ];
    for (const module of outside) {
      const error = errorOf(await driver.run(attemptOf(`${module}#where`)));
      assert.match(error, /^Error: .* is outside of --root .*, and is not loaded$/m, module);
      assert.ok(error.includes(`--root ${root},`), error);
      const name = module.startsWith("file:") ? "/jobs.mjs" : module;
      assert.ok(error.includes(name), error);
    }
    const folderError = errorOf(await driver.run(attemptOf(`${root}/folder.ts#where`)));
    assert.match(folderError, /^Error: .*folder\.ts is no file$/m);
    const builtin = errorOf(await driver.run(attemptOf("node:child_process#execSync")));
    assert.match(builtin, /^Error: node:child_process is outside of --root /);
  });
}

void test("a link that is changed to lead outside is refused by the next child", async (t) => {
  const { root } = scene(t);
  const driver = await Driver.open(t, "process", { root, confined: true, maxJobsPerChild: 1 });
  symlinkSync("inside/jobs.mjs", `${root}/moving.mjs`);
  resultOf(await driver.run(attemptOf(`${root}/moving.mjs#where`)));
  unlinkSync(`${root}/moving.mjs`);
  symlinkSync("../outside/jobs.mjs", `${root}/moving.mjs`);
  const error = errorOf(await driver.run(attemptOf(`${root}/moving.mjs#where`)));
  assert.match(error, /is outside of --root/);
});

void test("what one worker of a process has loaded is no way around the root of another", async (t) => {
  const { folder, root } = scene(t);
  const outside = attemptOf(`${folder}/outside/jobs.mjs#where`);
  const free = await Driver.open(t, "inline", { root });
  resultOf(await free.run(outside));
  const confined = await Driver.open(t, "inline", { root, confined: true });
  assert.match(errorOf(await confined.run({ ...outside })), /is outside of --root/);
});

void test("a root that is not there, or goes away, fails the attempt", async (t) => {
  const { folder, root } = scene(t);
  const driver = await Driver.open(t, "inline", { root, confined: true });
  renameSync(root, `${folder}/gone`);
  assert.match(
    errorOf(await driver.run(attemptOf(`${folder}/gone/inside/jobs.mjs#where`))),
    /ENOENT.*root/,
  );
});

void test("without a root, modules may be anywhere", async (t) => {
  const { folder, root } = scene(t);
  const driver = await Driver.open(t, "process", { root });
  for (const module of [`${folder}/outside/jobs.mjs`, `${root}/link.ts`, "theirs", "above"]) {
    resultOf(await driver.run(attemptOf(`${module}#where`)));
  }
});
