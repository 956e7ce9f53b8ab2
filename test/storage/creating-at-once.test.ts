import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../src/clock.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { collect, said } from "../support/gigq.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const CREATOR = fileURLToPath(new URL("./creator.js", import.meta.url));

void test("processes that create the same queue at once all succeed", {
  timeout: 120_000,
}, async (t) => {
  const folder = temporaryFolder(t);
  const paths = Array.from({ length: 20 }, (_, index) => join(folder, `${index}.db`));
  const creators = [0, 1, 2].map(() => startCreator(t, paths));
  await Promise.all(creators.map((creator) => creator.here));
  for (const creator of creators) creator.goOn();
  for (const { ended } of creators) {
    assert.deepEqual(await ended, { status: 0, stderr: "" });
  }
  for (const path of paths) {
    const storage = await openSqlite(path, { create: false, clock: systemClock });
    t.after(() => storage.close());
    assert.equal((await storage.counts()).pending, creators.length);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  }
});

function startCreator(t: TestContext, paths: readonly string[]) {
  const child = spawn(process.execPath, [CREATOR, ...paths]);
  t.after(() => child.kill("SIGKILL"));
  const stderr = collect(child.stderr);
  const closed = once(child, "close") as Promise<[number | null]>;
  return {
    here: said(child.stdout, /here/),
    goOn: () => child.stdin.end("go on"),
    ended: closed.then(([status]) => ({ status, stderr: stderr() })),
  };
}
