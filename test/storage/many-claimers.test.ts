import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../src/clock.js";
import { spec } from "../../src/storage/contract/spec.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { collect, said } from "../support/gigq.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const CLAIMER = fileURLToPath(new URL("./claimer.js", import.meta.url));
const JOBS = 400;

void test("processes that claim from one file never share a job", {
  timeout: 120_000,
}, async (t) => {
  const path = join(temporaryFolder(t), "queue.db");
  const storage = await openSqlite(path, { create: true, clock: systemClock });
  t.after(() => storage.close());
  const insert = (jobs: number) =>
    storage.insert(
      Array.from({ length: jobs }, () => spec()),
      systemClock.now(),
    );
  await insert(JOBS / 2);

  const claimers = ["ann", "bob", "cid", "dot"].map((name) => startClaimer(t, path, name));
  await Promise.all(claimers.map((claimer) => claimer.began));
  for (const claimer of claimers) claimer.goOn();
  for (let inserted = JOBS / 2; inserted < JOBS; inserted += 10) await insert(10);

  const claimed: number[] = [];
  for (const { name, ended } of claimers) {
    const { status, stderr, seqs } = await ended;
    assert.deepEqual({ name, status, stderr }, { name, status: 0, stderr: "" });
    assert.ok(seqs.length > 0, `${name} claimed nothing`);
    claimed.push(...seqs);
  }
  const all = Array.from({ length: JOBS }, (_, index) => index + 1);
  assert.deepEqual(
    claimed.sort((a, b) => a - b),
    all,
  );
  const attempts = await storage.attempts(all);
  assert.deepEqual(
    attempts.map(({ seq, attempt, lease, status }) => ({ seq, attempt, lease, status })),
    all.map((seq) => ({ seq, attempt: 1, lease: 1, status: "completed" })),
  );
});

function startClaimer(t: TestContext, path: string, name: string) {
  const child = spawn(process.execPath, [CLAIMER, path, name, String(JOBS)]);
  t.after(() => child.kill("SIGKILL"));
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const closed = once(child, "close") as Promise<[number | null]>;
  return {
    name,
    began: said(child.stdout, /\n/),
    goOn: () => child.stdin.end("go on"),
    ended: closed.then(([status]) => ({
      status,
      stderr: stderr(),
      seqs: stdout()
        .split("\n")
        .filter((line) => line !== "")
        .flatMap((line) => JSON.parse(line) as number[]),
    })),
  };
}
