import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../support/paths.js";
import { readApi } from "./read-api.js";
import { renderApi } from "./render-api.js";
import { statementsOf } from "./statements.js";

const api = readApi();

void test("docs/api.md is what the docstrings give", () => {
  const page = readFileSync(join(PROJECT, "docs/api.md"), "utf8");
  assert.equal(page, renderApi(api), "docs/api.md is out of date: npm run api");
});

void test("everything that users can import has a docstring, and so have its members", () => {
  const silent = api.flatMap(({ name, kind, doc, members }) => [
    // A type that shares its name with a constant is told about there.
    ...(doc === "" && !isAlsoConstant(name, kind) ? [name] : []),
    ...members.filter((member) => member.doc === "").map((member) => `${name}.${member.name}`),
  ]);
  assert.deepEqual(silent, [], "write a docstring in src, then: npm run api");
});

void test("every type that a signature names can be imported too", () => {
  const known = new Set(api.map(({ name }) => name));
  const hidden = api.flatMap(({ name, mentions }) =>
    mentions.filter((one) => !known.has(one)).map((one) => `${name} names ${one}`),
  );
  assert.deepEqual(hidden, [], "export it from src/index.ts, or leave it out of the signature");
});

void test("declarations are taken apart where they end, whatever stands in them", () => {
  const text = `import { A } from "a;b";
/** One.
 * Two.
 *
 * Three. */
export declare class C { #private; /** A {. */ m(x: { y: "}"; }): () => void; }
export type T = { a: 1; } | { b: 2; }
/** Inside. */
 | "z";
`;
  assert.deepEqual(statementsOf(text), [
    { doc: "", text: 'import { A } from "a;b";' },
    {
      doc: "One. Two.\n\nThree.",
      text: 'export declare class C { #private; /** A {. */ m(x: { y: "}"; }): () => void; }',
    },
    { doc: "", text: 'export type T = { a: 1; } | { b: 2; }\n/** Inside. */\n | "z";' },
  ]);
});

function isAlsoConstant(name: string, kind: string): boolean {
  return kind === "type" && api.some((one) => one.kind === "constant" && one.name === name);
}
