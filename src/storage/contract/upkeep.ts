import assert from "node:assert/strict";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scene } from "./scene.js";
import type { Story } from "./story.js";

/** What keeps a queue small and safe. */
export function upkeepContract(story: Story): void {
  story("a backup is a new file that only its owner can read", async (scene) => {
    await scene.addAll([{}, {}]);
    await inFolder(async (folder) => {
      const path = join(folder, "copy");
      const told = await scene.storage.backup(path, { replace: false });
      const { size, mode } = statSync(path);
      assert.deepEqual(told, { path, jobs: 2, bytes: size });
      assert.equal((mode & 0o777).toString(8), "600");
      assert.deepEqual(readdirSync(folder), ["copy"]);
    });
  });

  story("a backup replaces a file only when asked", async (scene) => {
    await inFolder(async (folder) => {
      const path = join(folder, "copy");
      writeFileSync(path, "precious");
      await assert.rejects(scene.storage.backup(path, { replace: false }), { code: "usage" });
      assert.equal(readFileSync(path, "utf8"), "precious");
      await scene.storage.backup(path, { replace: true });
      assert.notEqual(readFileSync(path, "utf8"), "precious");
    });
  });

  story("a backup that is called off, or has no folder, leaves nothing", async (scene) => {
    await inFolder(async (folder) => {
      const abort = new AbortController();
      const [path, replace] = [join(folder, "copy"), false];
      const working = scene.storage.backup(path, { replace, signal: abort.signal });
      abort.abort(new Error("called off"));
      await assert.rejects(working, { message: "called off" });
      const nowhere = join(folder, "nowhere", "copy");
      await assert.rejects(scene.storage.backup(nowhere, { replace }), { code: "unusable-path" });
      assert.deepEqual(readdirSync(folder), []);
    });
  });

  story("with no pages to shrink by, only the answer is given", async (scene) => {
    await removeMany(scene);
    const { givenBytes, leftBytes, heldMs } = await scene.storage.shrink(0);
    assert.equal(givenBytes, 0);
    assert.ok(leftBytes >= 0 && heldMs >= 0);
  });

  story("shrinking comes to an end, and nothing is lost by it", async (scene) => {
    await removeMany(scene);
    const job = await scene.add();
    for (let calls = 1; (await scene.storage.shrink(10)).more; calls++) {
      assert.ok(calls < 1_000, "shrinking does not end");
    }
    assert.deepEqual(await scene.look(job), job);
  });
}

async function removeMany(scene: Scene): Promise<void> {
  const jobs = await scene.addAll(
    Array.from({ length: 100 }, () => ({ description: "x".repeat(1_000) })),
  );
  await scene.change("cancel", ...jobs);
  await scene.storage.remove({ status: "cancelled", limit: 100 });
}

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gigq-contract-")));
  try {
    await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
