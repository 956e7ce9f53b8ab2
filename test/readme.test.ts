import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { EXIT } from "../src/cli/exit-codes.js";
import { GIGQ, PROJECT } from "./support/paths.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const README = readFileSync(join(PROJECT, "README.md"), "utf8");

void test("the tour of the README runs, and prints what the README shows", (t) => {
  const folder = tourFolder(t);
  for (const { command, output } of blocks("console").flatMap(callsOf)) {
    const { stdout } = spawnSync("sh", ["-c", `exec 2>&1; ${command}`], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}/bin:${process.env.PATH}`, GIGQ_DB: "" },
    });
    assert.equal(normal(stdout), normal(output), `$ ${command}`);
  }
});

void test("the library's example runs", (t) => {
  const folder = tourFolder(t);
  const [block] = blocks("js");
  writeFileSync(join(folder, "example.mjs"), block!);
  const ran = spawnSync(process.execPath, ["example.mjs"], { cwd: folder, encoding: "utf8" });
  assert.deepEqual([ran.stdout, ran.stderr, ran.status], ["Hello, Ada!\n", "", 0]);
});

void test("every command and every one of its options is in the README", () => {
  const names = readdirSync(join(PROJECT, "src/cli/commands")).map((file) =>
    file.replace(/\.ts$/, ""),
  );
  for (const name of names) {
    const row = README.match(new RegExp(`^\\| \`${name}\\b.*$`, "m"))?.[0];
    assert.ok(row, `${name} has no row`);
    const { stdout } = spawnSync(process.execPath, [GIGQ, name, "--help"], { encoding: "utf8" });
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

interface Call {
  readonly command: string;
  readonly output: string;
}

function callsOf(block: string): Call[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...output] = part.split("\n");
      return { command: command!, output: output.join("\n") };
    });
}

function blocks(language: string): string[] {
  return [...README.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text!);
}

/** What differs from run to run is made the same: ids, times, durations, hashes, folders. */
function normal(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replaceAll(/[0-9a-f]{64}/g, "HASH")
    .replaceAll(/\d{4}-\d\d-\d\d /g, "DAY ")
    .replaceAll(/\d\d:\d\d:\d\d(\.\d{3})?/g, "CLOCK")
    .replaceAll(/\b[\d.]+m?s\b/g, "TOOK")
    .replaceAll(/\/\S+\/gigq\.db/g, "DB")
    .replaceAll("timeout TOOK", "timeout 30s")
    .replaceAll(/ +/g, " ")
    .trimEnd();
}

/** The folder of a reader who follows the tour, with `gigq` on the path. */
function tourFolder(t: TestContext): string {
  const folder = temporaryFolder(t);
  copyFileSync(join(PROJECT, "jobs.example.ts"), join(folder, "jobs.ts"));
  mkdirSync(join(folder, "bin"));
  symlinkSync(GIGQ, join(folder, "bin", "gigq"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(PROJECT, join(folder, "node_modules", "gigq"));
  return folder;
}
