import assert from "node:assert/strict";
import { test } from "node:test";
import { renderColumns } from "../../../src/cli/render/table.js";

const COLUMNS = [
  { head: "#", align: "right" },
  { head: "NAME", shrinks: true },
  { head: "STATUS" },
  { head: "", shrinks: true },
] as const;

const same = (text: string) => text;
const lower = (text: string) => text.toLowerCase();

void test("columns are as wide as their widest cell, two spaces apart, with nothing behind", () => {
  const rows = [
    ["7", "import", "failed", "TypeError: bad header"],
    ["12", "a", "pending", ""],
  ];
  assert.equal(
    renderColumns(COLUMNS, rows, undefined, lower),
    [
      " #  name    status",
      " 7  import  failed   TypeError: bad header",
      "12  a       pending",
    ].join("\n"),
  );
});

void test("with a width the widest column gives way first, and says so", () => {
  const rows = [["1", "import", "failed", "TypeError: the header of the file is bad"]];
  for (const width of [30, 40, 50, 60]) {
    const lines = renderColumns(COLUMNS, rows, width, same).split("\n");
    for (const line of lines) assert.ok(line.length <= width, `${width}: ${line}`);
    assert.match(lines[1]!, width < 60 ? /^1 {2}import +failed {2}TypeE.*…$/ : /is bad$/);
  }
});

void test("two wide columns share what there is", () => {
  const rows = [["1", "n".repeat(100), "failed", "e".repeat(100)]];
  const [, line] = renderColumns(COLUMNS, rows, 80, same).split("\n");
  assert.ok(line!.length <= 80, line);
  const [, name, error] = /(n+…) +failed +(e+…)$/.exec(line!)!;
  assert.ok(name!.length >= 20 && error!.length >= 20, line);
});

void test("a line too narrow for all keeps every column readable rather than fit", () => {
  const rows = [["1", "n".repeat(100), "failed", "e".repeat(100)]];
  const [, line] = renderColumns(COLUMNS, rows, 10, same).split("\n");
  assert.match(line!, /^1 {2}n{7}… {2}failed {2}e{7}…$/);
});

void test("colours take no room, and wide characters take two cells", () => {
  const rows = [
    ["1", "日本語", "\x1b[31mfailed\x1b[39m", "x"],
    ["2", "import", "failed", "x"],
    ["3", "e\u0301te\u0301", "failed", "x"],
  ];
  const lines = renderColumns(COLUMNS, rows, undefined, same).split("\n");
  assert.deepEqual(lines.slice(1), [
    "1  日本語  \x1b[31mfailed\x1b[39m  x",
    "2  import  failed  x",
    "3  e\u0301te\u0301     failed  x",
  ]);
});
