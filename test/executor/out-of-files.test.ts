import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Outcome } from "../../src/job/outcome.js";

const OUT_OF_FILES = fileURLToPath(new URL("../support/out-of-files.js", import.meta.url));

void test("a worker that is out of files fails attempts, and lives to run the next", async () => {
  const { stdout } = await promisify(execFile)("sh", [
    "-c",
    'ulimit -n 64; exec "$0" "$1"',
    process.execPath,
    OUT_OF_FILES,
  ]);
  const outcomes = JSON.parse(stdout) as Outcome[];
  const last = outcomes.pop();
  assert.deepEqual(last, { type: "completed", result: "null" });
  for (const outcome of outcomes) {
    if (outcome.type !== "failed") continue;
    assert.match(outcome.error, /^the job's process could not be started: .*EMFILE/);
  }
  const seen = new Set(outcomes.map(({ type }) => type));
  assert.ok(seen.has("failed") && seen.has("completed"), stdout);
});
