import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Outcome } from "../../src/job/outcome.js";

const OUT_OF_FILES = fileURLToPath(new URL("../support/out-of-files.js", import.meta.url));

void test("a worker that is out of files gives attempts back, and lives to run the next", async () => {
  const { stdout } = await promisify(execFile)("sh", [
    "-c",
    'ulimit -n 64; exec "$0" "$1"',
    process.execPath,
    OUT_OF_FILES,
  ]);
  const outcomes = JSON.parse(stdout) as Outcome[];
  const last = outcomes.pop();
  assert.deepEqual(last, { type: "completed", result: "null" });
  const seen = new Set(outcomes.map(({ type }) => type));
  assert.deepEqual([...seen].sort(), ["completed", "released"]);
});
