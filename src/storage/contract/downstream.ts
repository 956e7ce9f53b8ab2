import assert from "node:assert/strict";
import type { JobRecord } from "../../job/job.js";
import type { Change } from "../storage.js";
import { COMPLETED, FAILED, type Scene } from "./scene.js";
import type { Story } from "./story.js";

/** Cancels these and all that depends on them. */
function cancelDownstream(scene: Scene, force: boolean, ...jobs: JobRecord[]): Promise<Change[]> {
  return scene.storage.cancelDownstream(
    jobs.map((job) => job.seq),
    force,
    scene.now,
  );
}

export function downstreamContract(story: Story): void {
  story(
    "downstream of a pending job everything pending is cancelled, whatever its policy",
    async (scene) => {
      const root = await scene.add();
      const kept = await scene.add();
      const wait = await scene.child([root, kept], { onParentFailure: "wait" });
      const run = await scene.child([wait], { onParentFailure: "run" });
      const meet = await scene.child([wait, run], { runAt: scene.now + 1 });
      scene.now += 10;
      const [change] = await cancelDownstream(scene, false, root);
      assert.deepEqual(change, { seq: root.seq, changed: true, followed: 3 });
      assert.equal(
        await scene.status(root, wait, run, meet, kept),
        "cancelled cancelled cancelled cancelled pending",
      );
      const { error, finishedAt, runAt, waitingOn } = await scene.look(wait);
      assert.equal(error, `cancelled with #${root.seq}, on which it depends`);
      assert.deepEqual([finishedAt, runAt, waitingOn], [scene.now, null, 0]);
      assert.deepEqual(await scene.ready(), [kept.seq]);
    },
  );

  story("of a job that is over only what depends on it is cancelled", async (scene) => {
    for (const outcome of [COMPLETED, FAILED]) {
      const root = await scene.add();
      const child = await scene.child([root], { onParentFailure: "wait" });
      const grandchild = await scene.child([child], { onParentFailure: "wait" });
      const before = await scene.run(root, outcome);
      const [change] = await cancelDownstream(scene, false, root);
      assert.deepEqual(change, { seq: root.seq, changed: false, followed: 2 });
      assert.deepEqual(await scene.look(root), before);
      assert.equal(await scene.status(child, grandchild), "cancelled cancelled");
      assert.deepEqual(await cancelDownstream(scene, false, root), [
        { seq: root.seq, changed: false, followed: 0 },
      ]);
    }
  });

  story(
    "downstream of a running job nothing changes without force, and all with it",
    async (scene) => {
      const root = await scene.add();
      const child = await scene.child([root], { onParentFailure: "run" });
      const claim = await scene.take(root);
      const before = await scene.look(root);
      assert.deepEqual(await cancelDownstream(scene, false, root), [
        { seq: root.seq, changed: false, followed: 0 },
      ]);
      assert.deepEqual([await scene.look(root), await scene.look(child)], [before, child]);
      assert.deepEqual(await cancelDownstream(scene, true, root), [
        { seq: root.seq, changed: true, followed: 1 },
      ]);
      const { toKill } = await scene.advance({});
      assert.deepEqual(toKill, [claim.lease]);
      assert.equal(await scene.status(root, child), "running cancelled");
      await scene.end(claim, { type: "cancelled" });
      assert.equal(await scene.status(root, child), "cancelled cancelled");
    },
  );

  story(
    "descendants that run are killed with force only, and what is below them is cancelled",
    async (scene) => {
      const root = await scene.add();
      await scene.run(root, FAILED);
      const running = await scene.child([root], { onParentFailure: "run" });
      const below = await scene.child([running], { onParentFailure: "wait" });
      const claim = await scene.take(running);
      assert.deepEqual(await cancelDownstream(scene, false, root), [
        { seq: root.seq, changed: false, followed: 1 },
      ]);
      assert.deepEqual(
        [await scene.status(running, below), (await scene.look(running)).cancelRequested],
        ["running cancelled", false],
      );
      assert.deepEqual(await cancelDownstream(scene, true, root), [
        { seq: root.seq, changed: false, followed: 1 },
      ]);
      assert.deepEqual((await scene.advance({})).toKill, [claim.lease]);
    },
  );

  story("what is below a job that is over is reached through it", async (scene) => {
    const root = await scene.add();
    const middle = await scene.child([root]);
    const below = await scene.child([middle], { onParentFailure: "wait" });
    await scene.run(root);
    await scene.run(middle, FAILED);
    const [change] = await cancelDownstream(scene, false, root);
    assert.equal(change!.followed, 1);
    assert.equal(await scene.status(root, middle, below), "completed failed cancelled");
  });

  story("requeueing a job brings back what was cancelled downstream of it", async (scene) => {
    const root = await scene.add();
    const wait = await scene.child([root], { onParentFailure: "wait" });
    const run = await scene.child([root], { onParentFailure: "run" });
    const meet = await scene.child([wait, run]);
    const late = await scene.child([meet, root], { onParentFailure: "run" });
    await cancelDownstream(scene, false, root);
    const [change] = await scene.change("requeue", root);
    assert.deepEqual(change, { seq: root.seq, changed: true, followed: 4 });
    assert.deepEqual(
      (await Promise.all([wait, run, meet, late].map((job) => scene.look(job)))).map(
        ({ status, waitingOn }) => [status, waitingOn],
      ),
      [
        ["pending", 1],
        ["pending", 1],
        ["pending", 2],
        ["pending", 2],
      ],
    );
  });

  story(
    "many may be named, also such that depend on each other, and each counts once",
    async (scene) => {
      const root = await scene.add();
      const child = await scene.child([root], { onParentFailure: "wait" });
      const grandchild = await scene.child([child]);
      for (const order of [
        [root, child],
        [child, root],
      ]) {
        assert.deepEqual(
          await cancelDownstream(scene, false, ...order, { ...root, seq: 99 }),
          [...order, { seq: 99 }].map(({ seq }) => ({
            seq,
            changed: seq !== 99,
            followed: seq === order[0]!.seq ? 1 : 0,
          })),
        );
        assert.equal(await scene.status(root, child, grandchild), "cancelled cancelled cancelled");
        await scene.change("requeue", root, child);
        assert.equal(await scene.status(root, child, grandchild), "pending pending pending");
      }
    },
  );

  story(
    "a job that comes back with another that is requeued has changed, in either order",
    async (scene) => {
      const parent = await scene.add();
      const [orphan, other] = [await scene.child([parent]), await scene.child([parent])];
      for (const order of [
        [orphan, parent],
        [parent, orphan],
      ]) {
        await scene.run(parent, FAILED);
        assert.equal(await scene.status(orphan, other), "cancelled cancelled");
        assert.deepEqual(
          await scene.change("requeue", ...order),
          order.map(({ seq }) => ({ seq, changed: true, followed: seq === parent.seq ? 1 : 0 })),
        );
        assert.equal(await scene.status(parent, orphan, other), "pending pending pending");
      }
    },
  );

  story("a child named after its parent is cancelled with it, and counts once", async (scene) => {
    const parent = await scene.add();
    const [child, other] = [await scene.child([parent]), await scene.child([parent])];
    assert.deepEqual(await scene.change("cancel", parent, child), [
      { seq: parent.seq, changed: true, followed: 1 },
      { seq: child.seq, changed: true, followed: 0 },
    ]);
    assert.equal(await scene.status(other), "cancelled");
  });
}
