import assert from "node:assert/strict";
import { CANCELLED, COMPLETED, FAILED, RELEASED } from "./scene.js";
import type { Story } from "./story.js";

export function revivalContract(story: Story): void {
  story(
    "requeueing a parent restores the descendants that were cancelled because of it",
    async (scene) => {
      const parent = await scene.add();
      const child = await scene.child([parent]);
      const grandchild = await scene.child([child]);
      await scene.run(parent, FAILED);
      scene.now += 10;
      const [change] = await scene.change("requeue", parent);
      assert.deepEqual(change, { seq: parent.seq, changed: true, followed: 2 });
      assert.deepEqual(await scene.look(child), { ...child, updatedAt: scene.now });
      assert.deepEqual(await scene.look(grandchild), { ...grandchild, updatedAt: scene.now });
      for (const job of [parent, child, grandchild]) {
        assert.deepEqual(await scene.ready(), [job.seq]);
        await scene.run(job, COMPLETED);
      }
    },
  );

  story(
    "what was cancelled by hand stays cancelled, and so does what depends on it",
    async (scene) => {
      const parent = await scene.add();
      const [byHand, child] = [await scene.child([parent]), await scene.child([parent])];
      const grandchild = await scene.child([byHand]);
      await scene.change("cancel", byHand);
      await scene.run(parent, FAILED);
      const [change] = await scene.change("requeue", parent);
      assert.equal(change!.followed, 1);
      assert.equal(await scene.status(byHand, grandchild, child), "cancelled cancelled pending");
    },
  );

  story("what was killed while it ran stays cancelled", async (scene) => {
    const parent = await scene.add();
    const killed = await scene.child([parent], { onParentFailure: "run" });
    await scene.run(parent, FAILED);
    await scene.run(killed, CANCELLED);
    await scene.change("requeue", parent);
    assert.equal(await scene.status(killed), "cancelled");
  });

  story("a child of two failed parents is restored with the second", async (scene) => {
    const [a, b] = await scene.addAll([{}, {}]);
    const child = await scene.child([a!, b!]);
    await scene.run(a!, FAILED);
    await scene.run(b!, FAILED);
    assert.equal((await scene.look(child)).error, `parent #${a!.seq} failed`);
    await scene.change("requeue", a!);
    const { status, error } = await scene.look(child);
    assert.deepEqual([status, error], ["cancelled", `parent #${b!.seq} failed`]);
    const [change] = await scene.change("requeue", b!);
    assert.equal(change!.followed, 1);
    assert.deepEqual(await scene.look(child), { ...child, updatedAt: scene.now });
  });

  story("the order in which two failed parents are requeued does not matter", async (scene) => {
    const [a, b] = await scene.addAll([{}, {}]);
    const child = await scene.child([a!, b!]);
    await scene.run(a!, FAILED);
    await scene.run(b!, FAILED);
    await scene.change("requeue", b!);
    assert.equal(await scene.status(child), "cancelled");
    await scene.change("requeue", a!);
    assert.equal((await scene.look(child)).waitingOn, 2);
  });

  story("a restored child waits only for those parents that have not completed", async (scene) => {
    const [done, failing] = await scene.addAll([{}, {}]);
    const child = await scene.child([done!, failing!]);
    await scene.run(done!);
    await scene.run(failing!, FAILED);
    await scene.change("requeue", failing!);
    assert.equal((await scene.look(child)).waitingOn, 1);
  });

  story("a parent that fails again cancels again, and can be requeued again", async (scene) => {
    const parent = await scene.add();
    const child = await scene.child([parent]);
    for (let times = 0; times < 3; times++) {
      await scene.run(parent, FAILED);
      assert.equal(await scene.status(child), "cancelled");
      const [change] = await scene.change("requeue", parent);
      assert.equal(change!.followed, 1);
    }
    await scene.run(parent, COMPLETED);
    assert.deepEqual(await scene.ready(), [child.seq]);
  });

  story(
    "a job cannot be requeued under a parent that failed, unless its policy allows it",
    async (scene) => {
      const parent = await scene.add();
      const strict = await scene.child([parent]);
      const bold = await scene.child([parent], { onParentFailure: "run" });
      const patient = await scene.child([parent], { onParentFailure: "wait" });
      await scene.change("cancel", bold, patient);
      await scene.run(parent, FAILED);
      const before = await scene.look(strict);
      const changes = await scene.change("requeue", strict, bold, patient);
      assert.deepEqual(
        changes.map(({ changed }) => changed),
        [false, true, true],
      );
      assert.deepEqual(await scene.look(strict), before);
      assert.deepEqual(await scene.ready(), [bold.seq]);
    },
  );

  story("a job cancelled by hand can be requeued while its parent is to run", async (scene) => {
    const parent = await scene.add();
    const child = await scene.child([parent]);
    await scene.change("cancel", child);
    await scene.change("requeue", child);
    assert.deepEqual(await scene.look(child), child);
    await scene.run(parent);
    assert.deepEqual(await scene.ready(), [child.seq]);
  });

  story("a child that runs regardless waits again for a requeued parent", async (scene) => {
    const parent = await scene.add();
    const child = await scene.child([parent], { onParentFailure: "run" });
    await scene.run(parent, FAILED);
    await scene.change("requeue", parent);
    assert.equal((await scene.look(child)).waitingOn, 1);
    await scene.run(parent, COMPLETED);
    assert.deepEqual(await scene.ready(), [child.seq]);
  });

  for (const [outcome, end] of [
    [FAILED, "completes"],
    [RELEASED, "completes"],
    [FAILED, "fails"],
    [RELEASED, "fails"],
  ] as const) {
    story(
      `a child that ran while its parent was requeued, and ends ${outcome.type}, waits until it ${end}`,
      async (scene) => {
        const parent = await scene.add();
        const child = await scene.child([parent], { onParentFailure: "run", maxAttempts: 2 });
        await scene.run(parent, FAILED);
        const claim = await scene.take(child);
        await scene.change("requeue", parent);
        await scene.end(claim, outcome);
        assert.equal((await scene.look(child)).waitingOn, 1);
        await scene.run(parent, end === "fails" ? FAILED : COMPLETED);
        assert.deepEqual(await scene.ready(), [child.seq]);
      },
    );
  }
}
