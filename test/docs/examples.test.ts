import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../support/paths.js";
import { callsOf, normal } from "./console.js";
import { blocksOf, type Page, readPages } from "./pages.js";
import { Reader } from "./reader.js";

const pages = readPages();

/** What a reader's own tsconfig.json would say; pages import `./jobs.ts` as Node does. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2023"],
    module: "nodenext",
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  },
  include: ["pages"],
};

void test("the TypeScript of all pages keeps the types", (t) => {
  const reader = new Reader(t);
  reader.write("tsconfig.json", JSON.stringify(TSCONFIG));
  mkdirSync(join(reader.folder, "pages"));
  let checked = 0;
  for (const page of pages) {
    const folder = `pages/${page.path.replaceAll(/\W/g, "-")}`;
    mkdirSync(join(reader.folder, folder));
    for (const { language, text, file, at } of blocksOf(page)) {
      if (language !== "ts" || page.path === "docs/api.md") continue;
      checked += 1;
      const name = file ?? `line-${at.split(":")[1]}.ts`;
      // A block without imports is a module all the same.
      reader.write(`${folder}/${name}`, `${text}\nexport {};\n`);
    }
  }
  const tsc = join(PROJECT, "node_modules/.bin/tsc");
  const { stdout } = spawnSync(tsc, ["-p", reader.folder], { encoding: "utf8" });
  assert.equal(stdout, "");
  assert.ok(checked > 10, `only ${checked} blocks were found`);
});

for (const page of pages.filter((one) => blocksOf(one).some(({ isRun }) => isRun))) {
  void test(`what ${page.path} shows, happens`, (t) => follow(page, new Reader(t)));
}

/** Does what the page says, from its first block to its last. */
function follow(page: Page, reader: Reader): void {
  const blocks = blocksOf(page);
  for (const [index, block] of blocks.entries()) {
    if (block.file !== undefined) reader.write(block.file, block.text);
    if (!block.isRun) continue;
    if (block.language === "console") {
      for (const { command, output } of callsOf(block)) {
        const { stdout } = reader.shell(command);
        assert.equal(normal(stdout), normal(output), `${block.at}: ${command}`);
      }
    } else {
      const shown = blocks[index + 1];
      const { stdout, stderr, status } = reader.program(block.file!);
      assert.deepEqual([status, stderr], [0, ""], block.at);
      const expected = shown?.language === "text" ? shown.text : "";
      assert.equal(normal(stdout), normal(expected), block.at);
    }
  }
}
