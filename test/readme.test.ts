import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT } from "../src/cli/exit-codes.js";
import { call } from "./cli/call.js";
import { callsOf, normal } from "./docs/console.js";
import { type Block, blocksOf, readPage } from "./docs/pages.js";
import { Reader } from "./docs/reader.js";
import { PROJECT } from "./support/paths.js";

const page = readPage("README.md");
const README = page.text;

void test("the tour of the README runs, and prints what the README shows", (t) => {
  const reader = new Reader(t);
  for (const { command, output } of blocks("console").flatMap(callsOf)) {
    const { stdout } = reader.shell(command);
    assert.equal(normal(stdout), normal(output), `$ ${command}`);
  }
});

void test("every command and every one of its options is in the README", async () => {
  const names = readdirSync(join(PROJECT, "src/cli/commands")).map((file) =>
    file.replace(/\.ts$/, ""),
  );
  for (const name of names) {
    const row = README.match(new RegExp(`^\\| \`${name}\\b.*$`, "m"))?.[0];
    assert.ok(row, `${name} has no row`);
    const { stdout } = await call([name, "--help"], PROJECT);
    const own = stdout.slice(stdout.indexOf("Options:"), stdout.indexOf("Global Options:"));
    const options = [...own.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option!);
    const submit = name === "run" ? README.match(/^\| `submit .*$/m)![0] : "";
    for (const option of options) {
      if (option === "--help") continue;
      const short = option === "--param" ? "-p" : option;
      assert.ok((row + submit).includes(short), `${name} ${option} is not in the README`);
    }
  }
});

void test("the table of exit codes is complete", () => {
  const table = README.slice(README.indexOf("### Exit codes"), README.indexOf("## In production"));
  const documented = [...table.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, codes]) =>
    codes!.split(",").map(Number),
  );
  assert.deepEqual(documented, [...new Set(Object.values(EXIT))]);
});

function blocks(language: string): Block[] {
  return blocksOf(page).filter((block) => block.language === language);
}
