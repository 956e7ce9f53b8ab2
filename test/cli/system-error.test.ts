import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { EXIT_CODES } from "../../src/cli/exit-codes.js";
import { systemError } from "../../src/cli/system-error.js";
import { GigqError } from "../../src/index.js";
import { GIGQ } from "../support/paths.js";
import { Desk } from "./desk.js";

void test("a call that is out of files says so, and that it may be tried again", async (t) => {
  const desk = new Desk(t);
  const ends = new Set<unknown>();
  // Where they run out, while gigq itself is loaded, or a command, or not at all, is a matter of luck.
  for (let limit = 20; limit <= 32; limit += 2) {
    const [status, stderr] = await new Promise<[unknown, string]>((resolve) => {
      const words = ["-c", `ulimit -n ${limit}; exec "$0" "$@"`, process.execPath, GIGQ];
      const options = { cwd: desk.folder, env: { PATH: process.env.PATH } };
      execFile("sh", [...words, "worker", "--once"], options, (error, _, said) =>
        resolve([error?.code ?? 0, said]),
      );
    });
    ends.add(status);
    if (status === 0) continue;
    assert.match(
      stderr,
      /^gigq: (the system refused|the worker could not make its pipes).*EMFILE.*\nRaise the limit on open files .*\n$/,
    );
  }
  assert.ok(ends.has(75));
  for (const status of ends) assert.ok(status === 75 || status === 0, `it ended with ${status}`);
});

void test("what the system refuses has an exit status and a hint of its own", () => {
  for (const [code, status, hint] of [
    ["EMFILE", 75, /limit on open files/],
    ["ENFILE", 75, /limit on open files/],
    ["ENOMEM", 75, /memory/],
    ["EAGAIN", 75, /memory and processes/],
    ["ENOSPC", 75, /Free some space/],
    ["EDQUOT", 75, /quota/],
    ["EIO", 1, /disk/],
    ["EACCES", 1, /mode/],
    ["EPERM", 1, /mode/],
    ["EROFS", 1, /mounted/],
  ] as const) {
    const error = Object.assign(new Error(`${code}: no, open '/x'`), { code });
    const shown = systemError(error);
    assert.ok(shown, code);
    assert.equal(shown.message, `the system refused: ${code}: no, open '/x'`);
    assert.deepEqual([EXIT_CODES[shown.code], shown.stack], [status, error.stack], code);
    assert.match(shown.hint!, hint);
  }
  const bare = Object.assign(new Error("no"), { code: "EIO" });
  assert.equal(systemError(bare)?.message, "the system refused: EIO: no");
});

void test("every other error is not taken for one of the system's", () => {
  for (const error of [
    new Error("EMFILE"),
    new TypeError("x is not a function"),
    Object.assign(new Error("no"), { code: "ENOENT" }),
    Object.assign(new Error("no"), { code: "toString" }),
    Object.assign(new Error("no"), { code: 1 }),
    new GigqError("busy", "held"),
    "EMFILE",
    null,
    undefined,
  ]) {
    assert.equal(systemError(error), undefined, String(error));
  }
});
