import assert from "node:assert/strict";
import type { RemoveQuery } from "../removal.js";
import { CANCELLED, COMPLETED, FAILED, type Scene, TIMEOUT } from "./scene.js";
import type { Story } from "./story.js";

export function removeContract(story: Story): void {
  story("jobs of one finished status are removed, and no others", async (scene) => {
    const jobs = await scene.addAll([{}, {}, {}, {}, {}, {}]);
    for (const [index, outcome] of [COMPLETED, FAILED, TIMEOUT, CANCELLED].entries()) {
      await scene.run(jobs[index]!, outcome);
    }
    await scene.take(jobs[4]!);
    const left = jobs.map((job) => job.seq).toReversed();
    for (const [index, status] of (
      ["completed", "failed", "timeout", "cancelled"] as const
    ).entries()) {
      assert.equal((await remove(scene, { status })).removed, 1);
      left.splice(left.indexOf(jobs[index]!.seq), 1);
      assert.deepEqual(await all(scene), left);
    }
  });

  story("a removed job is gone, with its attempts", async (scene) => {
    const job = await scene.add();
    await scene.run(job);
    await remove(scene, {});
    assert.deepEqual(await scene.storage.get([job.seq, job.id]), [undefined, undefined]);
    assert.deepEqual(await scene.attempts(job), []);
    assert.equal((await scene.storage.counts()).completed, 0);
  });

  story("only jobs that finished before a moment are removed", async (scene) => {
    const jobs = await scene.addAll([{}, {}]);
    await scene.run(jobs[0]!);
    const before = scene.now + 1;
    scene.now = before;
    await scene.run(jobs[1]!);
    assert.equal((await remove(scene, { before })).removed, 1);
    assert.deepEqual(await all(scene), [jobs[1]!.seq]);
  });

  story("a parent stays while an unfinished child depends on it", async (scene) => {
    const parent = await scene.add();
    const child = await scene.child([parent]);
    await scene.run(parent);
    assert.deepEqual(await remove(scene, {}), { removed: 0, kept: 1, next: undefined });
    const claim = await scene.take(child);
    assert.deepEqual(await remove(scene, {}), { removed: 0, kept: 1, next: undefined });
    await scene.end(claim, FAILED);
    assert.deepEqual(await remove(scene, {}), { removed: 1, kept: 0, next: undefined });
  });

  story("a child remembers a parent that was removed, and can still be requeued", async (scene) => {
    const parent = await scene.add();
    const child = await scene.child([parent]);
    await scene.run(parent);
    await scene.run(child, FAILED);
    await remove(scene, {});
    assert.deepEqual((await scene.look(child)).dependencies, [parent.id]);
    await scene.change("requeue", child);
    assert.deepEqual(await scene.ready(), [child.seq]);
  });

  story("a failed parent stays until no child may be requeued under it", async (scene) => {
    const parent = await scene.add();
    const strict = await scene.child([parent]);
    const bold = await scene.child([parent], { onParentFailure: "run" });
    await scene.run(parent, FAILED);
    const status = "failed";
    assert.deepEqual(await remove(scene, { status }), { removed: 0, kept: 1, next: undefined });
    await scene.run(bold);
    assert.deepEqual(await remove(scene, { status }), { removed: 0, kept: 1, next: undefined });
    assert.equal((await remove(scene, { status: "cancelled" })).removed, 1);
    assert.deepEqual(await all(scene), [bold.seq, parent.seq]);
    assert.equal((await remove(scene, { status })).removed, 1);
    assert.equal((await remove(scene, { status: "completed" })).removed, 1);
    assert.equal(await scene.storage.get([strict.seq]).then(([job]) => job), undefined);
  });

  story("no job can be submitted under a parent that was removed", async (scene) => {
    const parent = await scene.add();
    await scene.run(parent);
    await remove(scene, {});
    await assert.rejects(scene.child([parent]), { code: "unknown-parent" });
  });

  story("a family that was cancelled goes in one call: children first", async (scene) => {
    const parent = await scene.add();
    await scene.child([await scene.child([parent])]);
    await scene.change("cancel", parent);
    const query = { status: "cancelled" } as const;
    assert.deepEqual(await remove(scene, query), { removed: 3, kept: 0, next: undefined });
    assert.deepEqual(await all(scene), []);
  });

  story("a dry run removes nothing, and says what would be removed", async (scene) => {
    const parent = await scene.add();
    await scene.child([await scene.child([parent])]);
    const needed = await scene.add();
    await scene.child([needed], { onParentFailure: "wait" });
    await scene.change("cancel", parent, needed);
    const query = { status: "cancelled" } as const;
    const before = await all(scene);
    const told = await remove(scene, { ...query, dryRun: true });
    assert.deepEqual(await all(scene), before);
    assert.deepEqual(told, { removed: 3, kept: 1, next: undefined });
    assert.deepEqual(await remove(scene, query), told);
  });

  story("removing goes down in pages, each saying where the next begins", async (scene) => {
    const jobs = await scene.addAll([{}, {}, {}, {}, {}]);
    for (const job of jobs) await scene.run(job);
    const needed = jobs[3]!;
    const waiting = await scene.child([needed]);
    const page = (below?: number) => remove(scene, { limit: 2, below });
    assert.deepEqual(await page(), { removed: 1, kept: 1, next: needed.seq });
    const second = await page(needed.seq);
    assert.deepEqual(second, { removed: 2, kept: 0, next: jobs[1]!.seq });
    assert.deepEqual(await page(second.next), { removed: 1, kept: 0, next: undefined });
    assert.deepEqual(await all(scene), [waiting.seq, needed.seq]);
  });
}

async function remove(scene: Scene, query: Partial<RemoveQuery>) {
  const removed = await scene.storage.remove({ status: "completed", limit: 100, ...query });
  const { heldMs, ...told } = removed;
  assert.ok(heldMs >= 0);
  return told;
}

async function all(scene: Scene): Promise<number[]> {
  return (await scene.storage.list({ limit: 100 })).map((job) => job.seq);
}
