import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { TRANSITIONS } from "../src/job/lifecycle.js";
import { PROJECT } from "./support/paths.js";

void test("the table of transitions in the documentation is the one in the code", () => {
  const text = readFileSync(join(PROJECT, "docs/lifecycle.md"), "utf8");
  const [table] = text.match(/(?<=\|---\|---\|---\|\n)(\|.*\|\n)+/)!;
  const rows = Object.values(TRANSITIONS).map(
    ({ from, to, when }) => `| ${from.join(", ")} | ${to} | ${when} |\n`,
  );
  const sorted = (lines: string[]) => [...lines].sort().join("");
  assert.equal(sorted(table!.match(/.*\n/g)!), sorted(rows));
});
