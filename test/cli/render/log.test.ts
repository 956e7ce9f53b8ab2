import assert from "node:assert/strict";
import { test } from "node:test";
import { renderLogEntry, renderLogEntryJson } from "../../../src/cli/render/log.js";
import { renderProgressOf } from "../../../src/cli/render/progress.js";
import { PLAIN } from "../../../src/cli/render/theme.js";
import type { LogLine } from "../../../src/index.js";

function line(text: string, given: Partial<LogLine> = {}): LogLine {
  const at = new Date(2026, 10, 22, 8, 14, 3, 7).toISOString();
  return { attempt: 1, at, stream: "stdout", bytes: Buffer.from(`${text}\n`), text, ...given };
}

void test("a line of a log shows the time of day to the millisecond", () => {
  assert.equal(renderLogEntry(line("hello"), PLAIN), "08:14:03.007   hello\n");
  assert.equal(renderLogEntry(line("oh", { stream: "stderr" }), PLAIN), "08:14:03.007 ! oh\n");
  assert.equal(renderLogEntry(line(""), PLAIN), "08:14:03.007\n");
});

void test("what is left out of a log is named", () => {
  const shown = renderLogEntry({ attempt: 1, omitted: 1_234_567 }, PLAIN);
  assert.equal(shown, "… 1,234,567 bytes left out …\n");
  assert.equal(renderLogEntry({ attempt: 1, omitted: 1 }, PLAIN), "… 1 byte left out …\n");
  assert.equal(
    renderLogEntryJson({ attempt: 2, omitted: 1_234_567 }),
    '{"attempt":2,"omitted":1234567}\n',
  );
});

void test("a line is harmless on a terminal, and as it is in a pipe", () => {
  const hostile = "a\x1b[2Jb\rc\td";
  const terminal = { ...PLAIN, width: 80 };
  assert.equal(renderLogEntry(line(hostile), terminal), "08:14:03.007   abc    d\n");
  assert.equal(renderLogEntry(line(hostile), PLAIN), `08:14:03.007   ${hostile}\n`);
});

const PROGRESS = [
  [{ done: 310, total: 500, message: "thumbnails" }, "62 % 310/500 thumbnails"],
  [{ done: 1_234, total: null, message: null }, "1,234"],
  [{ done: 0.5, total: 1, message: null }, "50 % 0.5/1"],
  [{ done: 0, total: 0, message: "nothing\nto do" }, "0/0 nothing to do"],
  [{ done: 999, total: 1_000, message: null }, "99 % 999/1,000"],
] as const;

for (const [progress, text] of PROGRESS) {
  void test(`progress is shown as far as it is known: ${text}`, () => {
    assert.equal(renderProgressOf(progress), text);
  });
}
