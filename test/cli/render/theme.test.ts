import assert from "node:assert/strict";
import { test } from "node:test";
import { renderError } from "../../../src/cli/render/error.js";
import { renderCounts, renderStats } from "../../../src/cli/render/stats.js";
import { openTheme, PLAIN } from "../../../src/cli/render/theme.js";
import type { Output, Terminal } from "../../../src/cli/terminal.js";
import { GigqError } from "../../../src/index.js";

const output = (isTerminal: boolean, columns = 80): Output => ({
  isTerminal,
  isClogged: false,
  columns,
  write: () => {},
  stream: undefined,
});

void test("colours are for terminals that want them", async () => {
  assert.deepEqual(await openTheme(output(false), {}), PLAIN);
  const colours = await openTheme(output(true), { NO_COLOR: "" });
  assert.equal(colours.bad("bad"), "\x1b[31mbad\x1b[39m");
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    const theme = await openTheme(output(true, 100), env);
    assert.equal(theme.bad("bad") + theme.status.failed("x") + theme.dim("y"), "badxy");
    assert.equal(theme.width, 100);
  }
  assert.equal((await openTheme(output(true, 10), {})).width, 40);
});

/** An error as it is written to a stderr that is a terminal, or is not. */
function written(error: unknown, wants: { json?: boolean; debug?: boolean }, isTerminal = false) {
  const terminal = { stderr: output(isTerminal), env: {} } as Terminal;
  return renderError(error, { json: false, debug: false, ...wants }, terminal);
}

void test("an error is what happened and what to do next", async () => {
  const error = new GigqError("usage", 'there is no "x\ny\x1b[2J"', { hint: "Choose another" });
  assert.equal(await written(error, {}), 'gigq: there is no "x y"\nChoose another\n');
  assert.equal(
    await written(error, {}, true),
    '\x1b[31mgigq:\x1b[39m there is no "x y"\nChoose another\n',
  );
  assert.equal(await written(new GigqError("internal", "alone"), {}), "gigq: alone\n");
  assert.deepEqual(JSON.parse(await written(error, { json: true })), {
    error: { code: "usage", message: error.message, hint: "Choose another" },
  });
  assert.match(
    await written(error, { debug: true }),
    /\nChoose another\nGigqError: [\s\S]*\n {4}at /,
  );
  assert.equal(
    typeof JSON.parse(await written(error, { json: true, debug: true })).error.stack,
    "string",
  );
});

void test("a bug is told as one, whatever was thrown", async () => {
  const hint = "Please report it, with what --debug shows";
  for (const thrown of [new TypeError("x is undefined"), "x is undefined"]) {
    assert.equal(
      await written(thrown, {}),
      `gigq: something is wrong with gigq itself: x is undefined\n${hint}\n`,
    );
    assert.equal(JSON.parse(await written(thrown, { json: true })).error.code, "internal");
  }
});

const STATS = {
  pending: 1_204,
  running: 1,
  completed: 21,
  failed: 0,
  cancelled: 0,
  timeout: 0,
  delayed: 0,
  blocked: 7,
  total: 1_226,
};

void test("counts stand below each other, or in a line of those that there are", () => {
  assert.equal(
    renderStats(STATS, PLAIN),
    [
      "pending    1,204  (7 waiting for parents)",
      "running        1",
      "completed     21",
      "failed         0",
      "cancelled      0",
      "timeout        0",
      "total      1,226",
    ].join("\n"),
  );
  assert.equal(renderCounts(STATS), "pending 1,204 · running 1 · completed 21");
  assert.equal(renderCounts({ ...STATS, pending: 0, running: 0, completed: 0 }), "");
});
