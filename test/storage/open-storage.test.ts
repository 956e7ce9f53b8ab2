import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../src/clock.js";
import { isGigqError } from "../../src/errors.js";
import { openStorage } from "../../src/storage/open-storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const OPTIONS = { create: true, clock: systemClock };

void test("a path is opened with SQLite", async (t) => {
  const path = join(temporaryFolder(t), "queue.db");
  const storage = await openStorage(path, OPTIONS);
  await storage.close();
  assert.ok(existsSync(path));
});

for (const location of ["redis://localhost/1", "HTTPS://example.com/queue.db", ":memory:"]) {
  void test(`${location} is refused, with a way out`, async () => {
    await assert.rejects(openStorage(location, OPTIONS), (error) => {
      assert.ok(isGigqError(error));
      assert.equal(error.code, "usage");
      assert.ok(error.hint);
      return true;
    });
    assert.equal(existsSync(location), false);
  });
}
