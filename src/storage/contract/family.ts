import assert from "node:assert/strict";
import type { Outcome } from "../../job/outcome.js";
import { CANCELLED, COMPLETED, FAILED, TIMEOUT } from "./scene.js";
import { spec } from "./spec.js";
import type { Story } from "./story.js";

/** The ways in which a job can end without completing, and what its children say of it. */
const BAD_ENDS: readonly (readonly [Outcome | "by hand", RegExp])[] = [
  [FAILED, /^parent #1 failed$/],
  [TIMEOUT, /^parent #1 timed out$/],
  [CANCELLED, /^parent #1 was cancelled$/],
  ["by hand", /^parent #1 was cancelled$/],
];

export function familyContract(story: Story): void {
  story("a child is ready once the last of its parents has completed", async (scene) => {
    const [a, b] = await scene.addAll([{}, {}]);
    const child = await scene.child([a!, b!]);
    await scene.run(b!);
    assert.deepEqual(await scene.ready(), [a!.seq]);
    assert.equal((await scene.look(child)).waitingOn, 1);
    await scene.run(a!);
    assert.deepEqual(await scene.ready(), [child.seq]);
    assert.equal((await scene.look(child)).waitingOn, 0);
  });

  story("a child of a completed parent is ready at once", async (scene) => {
    const parent = await scene.add();
    await scene.run(parent);
    const child = await scene.child([parent]);
    assert.deepEqual(await scene.ready(), [child.seq]);
  });

  story(
    "a parent that is tried again, or given back, says nothing to its children",
    async (scene) => {
      const parent = await scene.add({ maxAttempts: 2 });
      const child = await scene.child([parent]);
      await scene.run(parent, FAILED);
      assert.deepEqual(await scene.look(child), child);
    },
  );

  for (const [end, reason] of BAD_ENDS) {
    const how = end === "by hand" ? end : end.type;
    story(
      `when a parent ends ${how}, all its descendants are cancelled, with the reason`,
      async (scene) => {
        const parent = await scene.add();
        const child = await scene.child([parent], { runAt: scene.now + 1 });
        const grandchild = await scene.child([child]);
        const stranger = await scene.add();
        scene.now += 10;
        if (end === "by hand") {
          assert.deepEqual(await scene.change("cancel", parent), [
            { seq: parent.seq, changed: true, followed: 2 },
          ]);
        } else {
          await scene.run(parent, end);
        }
        const { error, finishedAt, updatedAt, runAt, waitingOn } = await scene.look(child);
        assert.match(error ?? "", reason);
        assert.deepEqual(
          [finishedAt, updatedAt, runAt, waitingOn],
          [scene.now, scene.now, null, 0],
        );
        assert.equal((await scene.look(grandchild)).error, `parent #${child.seq} was cancelled`);
        assert.equal(
          await scene.status(child, grandchild, stranger),
          "cancelled cancelled pending",
        );
      },
    );
  }

  story("the end of a parent reaches through a diamond once", async (scene) => {
    const top = await scene.add();
    const sides = [await scene.child([top]), await scene.child([top])];
    const bottom = await scene.child(sides);
    const [change] = await scene.change("cancel", top);
    assert.equal(change!.followed, 3);
    assert.equal(await scene.status(...sides, bottom), "cancelled cancelled cancelled");
  });

  story(
    "a child that is over already, or was cancelled by hand, is left as it is",
    async (scene) => {
      const parent = await scene.add();
      const child = await scene.child([parent]);
      await scene.change("cancel", child);
      const before = await scene.look(child);
      scene.now += 1;
      await scene.run(parent, FAILED);
      assert.deepEqual(await scene.look(child), before);
    },
  );

  story("a child may choose to wait for a parent that failed", async (scene) => {
    const parent = await scene.add();
    const child = await scene.child([parent], { onParentFailure: "wait" });
    await scene.run(parent, FAILED);
    assert.deepEqual(await scene.look(child), child);
    await scene.change("requeue", parent);
    await scene.run(parent, COMPLETED);
    assert.deepEqual(await scene.ready(), [child.seq]);
  });

  story("a child may choose to run after a parent that failed", async (scene) => {
    const [failing, other] = await scene.addAll([{}, {}]);
    const child = await scene.child([failing!, other!], { onParentFailure: "run" });
    await scene.run(failing!, FAILED);
    assert.equal((await scene.look(child)).waitingOn, 1);
    await scene.run(other!);
    assert.deepEqual(await scene.ready(), [child.seq]);
  });

  story("under a parent that failed, a new child does what it chose", async (scene) => {
    const parent = await scene.add();
    await scene.run(parent, FAILED);
    const child = (policy: "cancel" | "wait" | "run") =>
      scene.child([parent], { onParentFailure: policy });
    const [cancel, wait, run] = [await child("cancel"), await child("wait"), await child("run")];
    assert.deepEqual(
      [cancel, wait, run].map(({ status, waitingOn }) => [status, waitingOn]),
      [
        ["cancelled", 0],
        ["pending", 1],
        ["pending", 0],
      ],
    );
    assert.deepEqual(
      [cancel.error, cancel.finishedAt],
      [`parent #${parent.seq} failed`, scene.now],
    );
    assert.deepEqual(await scene.ready(), [run.seq]);
  });

  for (const order of ["parents first", "children first"]) {
    story(
      `a family submitted under a parent that failed, ${order}, is cancelled as a whole`,
      async (scene) => {
        const failed = await scene.add();
        await scene.run(failed, FAILED);
        const child = spec({ dependencies: [failed.id] });
        const grandchild = spec({ dependencies: [child.id] });
        const family = [child, grandchild, spec({ dependencies: [grandchild.id] })];
        const kept = await scene.addAll(order === "parents first" ? family : family.toReversed());
        assert.equal(await scene.status(...kept), "cancelled cancelled cancelled");
      },
    );

    story(
      `one that runs regardless is freed by the cancelling of its family, ${order}`,
      async (scene) => {
        const failed = await scene.add();
        await scene.run(failed, FAILED);
        const child = spec({ dependencies: [failed.id] });
        const bold = spec({ dependencies: [child.id], onParentFailure: "run" });
        const family = [child, bold];
        await scene.addAll(order === "parents first" ? family : family.toReversed());
        const [kept] = await scene.storage.get([bold.id]);
        assert.deepEqual([kept!.status, kept!.waitingOn], ["pending", 0]);
        assert.deepEqual(await scene.ready(), [kept!.seq]);
      },
    );
  }

  story("results of parents come with a claim, in the order of the dependencies", async (scene) => {
    const [a, b] = await scene.addAll([{}, {}]);
    const child = await scene.child([b!, a!], { passParentResults: true });
    await scene.run(a!, { type: "completed", result: '{"from":"a"}' });
    await scene.run(b!, { type: "completed", result: "2" });
    const { parentResults, job } = await scene.take(child);
    assert.deepEqual(parentResults, [
      { id: b!.id, result: "2" },
      { id: a!.id, result: '{"from":"a"}' },
    ]);
    assert.equal(job.passParentResults, true);
  });

  story("a parent that failed, or was removed, has no result", async (scene) => {
    const [failed, removed] = await scene.addAll([{}, {}]);
    const child = await scene.child([failed!, removed!], { onParentFailure: "run" });
    await scene.run(failed!, FAILED);
    await scene.run(removed!);
    await scene.run(child, FAILED);
    await scene.storage.remove({ status: "completed", limit: 1 });
    await scene.change("requeue", child);
    assert.deepEqual((await scene.take(child)).parentResults, [
      { id: failed!.id, result: null },
      { id: removed!.id, result: null },
    ]);
  });

  story(
    "results of parents come unasked, but not to a job that does not want them",
    async (scene) => {
      const parent = await scene.add();
      const unasked = await scene.child([parent]);
      const unwanted = await scene.child([parent], { passParentResults: false });
      await scene.run(parent);
      const results = async (job: typeof parent) => (await scene.take(job)).parentResults;
      assert.deepEqual(await results(unasked), [{ id: parent.id, result: '"done"' }]);
      assert.equal(await results(unwanted), null);
    },
  );

  story("a job without parents is told of no results, whatever it wants", async (scene) => {
    const alone = await scene.add({ passParentResults: true });
    assert.equal((await scene.take(alone)).parentResults, null);
  });
}
