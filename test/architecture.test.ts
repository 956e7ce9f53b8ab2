import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { PROJECT } from "./support/paths.js";

/** Which rooms each room may look into. A room may always look into itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "clock.ts": [],
  job: ["errors.ts", "clock.ts"],
  storage: ["job", "errors.ts", "clock.ts"],
  executor: ["job", "errors.ts", "clock.ts"],
  queue: ["storage", "job", "errors.ts", "clock.ts"],
  worker: ["executor", "storage", "job", "errors.ts", "clock.ts"],
  "index.ts": ["worker", "queue", "storage", "executor", "job", "errors.ts", "clock.ts"],
  "client.ts": ["queue", "job", "errors.ts"],
  cli: ["client.ts", "index.ts"],
};

/** Only these touch the process, the console, the environment or the time. */
const TOUCH_THE_MACHINE = /^(clock\.ts|cli\/terminal\.ts|executor\/|worker\/liveness\.ts)/;
const MACHINE = /\bprocess\.(?!versions)|\bconsole\.|Date\.now\(|new Date\(\)/;

const SOURCE = join(PROJECT, "src");

interface SourceFile {
  /** As seen from `src`, with slashes. */
  readonly name: string;
  readonly text: string;
  readonly room: string;
}

const files: readonly SourceFile[] = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({
    name,
    text: readFileSync(join(SOURCE, name), "utf8"),
    room: name.split("/")[0]!,
  }));

void test("imports point one way, as the table of rooms says", () => {
  const wrong = files.flatMap((file) =>
    localImports(file)
      .filter((target) => target.room !== file.room)
      .filter((target) => !ARROWS[file.room]?.includes(target.room))
      .map((target) => `${file.name} → ${target.name}`),
  );
  assert.deepEqual(wrong, []);
});

void test("every file stands in a room of the table", () => {
  const strays = files.filter((file) => ARROWS[file.room] === undefined);
  assert.deepEqual(
    strays.map((file) => file.name),
    [],
  );
});

void test("only the rooms that may touch the machine do", () => {
  const wrong = files
    .filter((file) => !TOUCH_THE_MACHINE.test(file.name))
    .filter((file) => MACHINE.test(withoutComments(file.text)))
    .map((file) => file.name);
  assert.deepEqual(wrong, []);
});

void test("the child's side of the executor is not seen from outside, but for the types of a job's function", () => {
  const wrong = files
    .filter((file) => file.room !== "executor" && file.name !== "index.ts")
    .filter((file) => localImports(file).some(({ name }) => name.startsWith("executor/child/")))
    .map((file) => file.name);
  assert.deepEqual(wrong, []);
});

void test("the contract of storage is seen by tests only: nothing of gigq loads it", () => {
  const wrong = files
    .filter((file) => !file.name.startsWith("storage/contract/"))
    .filter((file) => localImports(file).some(({ name }) => name.startsWith("storage/contract/")))
    .map((file) => file.name);
  assert.deepEqual(wrong, []);
});

void test("no file of the source is longer than 300 lines", () => {
  const long = files.filter((file) => file.text.split("\n").length > 300);
  assert.deepEqual(
    long.map((file) => file.name),
    [],
  );
});

void test("no module has a default export, and index.ts is the only barrel", () => {
  const wrong = files
    .filter((file) => /^export default/m.test(file.text) || /^export \* from/m.test(file.text))
    .map((file) => file.name);
  assert.deepEqual(wrong, []);
});

function localImports(file: SourceFile): { name: string; room: string }[] {
  const specifiers = [...file.text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(
    ([, specifier]) => specifier!,
  );
  return specifiers
    .filter((specifier) => specifier.endsWith(".js"))
    .map((specifier) => {
      const path = join(SOURCE, dirname(file.name), specifier.replace(/\.js$/, ".ts"));
      const name = relative(SOURCE, path);
      return { name, room: name.split("/")[0]! };
    });
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}
