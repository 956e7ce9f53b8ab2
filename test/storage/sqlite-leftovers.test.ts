import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { systemClock } from "../../src/clock.js";
import { COMPLETED, FAILED, Scene } from "../../src/storage/contract/scene.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";

void test("of removed jobs no row is left in any table", async (t) => {
  const path = join(temporaryFolder(t), "queue.db");
  const connect = () => openSqlite(path, { create: true, clock: systemClock });
  const scene = new Scene({ connect }, await connect());
  t.after(() => scene.storage.close());
  const parent = await scene.add({ maxAttempts: 2 });
  const child = await scene.child([parent]);
  const stranger = await scene.child([await scene.add()]);
  await scene.run(parent, FAILED);
  await scene.run(parent, COMPLETED);
  await scene.run(child, COMPLETED);
  assert.equal((await scene.storage.remove({ status: "completed", limit: 9 })).removed, 2);

  const db = new Database(path, { readonly: true });
  t.after(() => db.close());
  const rows = (table: string) => db.prepare(`select * from ${table}`).all();
  assert.deepEqual(rows("attempt"), []);
  assert.deepEqual(
    rows("dependency").map((row) => (row as { child_seq: number }).child_seq),
    [stranger.seq],
  );
  assert.equal(rows("job").length, 2);
});
