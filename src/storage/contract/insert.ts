import assert from "node:assert/strict";
import { isGigqError } from "../../errors.js";
import type { JobSpec } from "../../job/job.js";
import type { Scene } from "./scene.js";
import { spec } from "./spec.js";
import type { Story } from "./story.js";

export function insertContract(story: Story): void {
  story("numbers count up in the order of the batch", async (scene) => {
    const first = await scene.storage.insert([spec(), spec()], scene.now);
    const second = await scene.storage.insert([spec(), spec()], scene.now);
    assert.deepEqual([...first, ...second], [1, 2, 3, 4]);
  });

  story("an empty batch is answered with no numbers", async (scene) => {
    assert.deepEqual(await scene.storage.insert([], scene.now), []);
  });

  story("everything that was said about a job comes back, and the rest is blank", async (scene) => {
    const parent = await scene.add();
    const said = spec({
      name: "größe → 尺寸 🎈",
      function: "/app/o'clock.js#run",
      params: '{"emoji":"🎈","quote":"\\"","nul":"\\u0000"}',
      description: "two\nlines",
      priority: -7,
      maxAttempts: 9,
      timeoutMs: null,
      retryDelayMs: 1_500,
      backoff: "exponential",
      onParentFailure: "wait",
      passParentResults: false,
      dependencies: [parent.id],
      runAt: scene.now + 60_000,
    });
    const [seq] = await scene.storage.insert([said], scene.now);
    assert.deepEqual(await scene.look({ seq: seq! }), {
      ...said,
      seq,
      status: "pending",
      attempts: 0,
      waitingOn: 1,
      result: null,
      error: null,
      createdAt: scene.now,
      updatedAt: scene.now,
      startedAt: null,
      finishedAt: null,
      lease: 0,
      workerId: null,
      cancelRequested: false,
      orphanedBy: null,
      progress: null,
    });
  });

  story("whether parent results are wanted is kept as yes, no or unsaid", async (scene) => {
    const kept = await scene.addAll(
      [true, false, null].map((passParentResults) => ({ passParentResults })),
    );
    assert.deepEqual(
      kept.map((job) => job.passParentResults),
      [true, false, null],
    );
  });

  story("a job whose time has come already is not delayed", async (scene) => {
    const [past, present] = await scene.addAll([{ runAt: scene.now - 1 }, { runAt: scene.now }]);
    assert.deepEqual([past!.runAt, present!.runAt], [null, null]);
  });

  story("parents may come after their children in a batch", async (scene) => {
    const [grandparent, parent] = [spec(), spec()];
    const child = spec({ dependencies: [parent.id, grandparent.id] });
    const chain = [child, { ...parent, dependencies: [grandparent.id] }, grandparent];
    const jobs = await scene.addAll(chain);
    assert.deepEqual(
      jobs.map((job) => job.waitingOn),
      [2, 1, 0],
    );
    assert.deepEqual(jobs[0]!.dependencies, [parent.id, grandparent.id]);
  });

  story("a job may depend on one that was stored before", async (scene) => {
    const parent = await scene.add();
    const child = await scene.child([parent]);
    assert.equal(child.waitingOn, 1);
    assert.deepEqual(child.dependencies, [parent.id]);
  });

  story("a parent that does not exist refuses the whole batch, and is named", async (scene) => {
    const orphan = spec({ name: "orphan", dependencies: ["no-such-id"] });
    const error = await refusal(scene, [spec(), orphan, spec()]);
    assert.equal(error.code, "unknown-parent");
    assert.match(error.message, /orphan.*no-such-id/);
    assert.ok(error.hint);
  });

  story(
    "jobs of a batch that wait for each other are refused, and named in order",
    async (scene) => {
      const [a, b, c] = ["a", "b", "c"].map((name) => spec({ name }));
      const error = await refusal(scene, [
        spec(),
        { ...a!, dependencies: [b!.id] },
        { ...b!, dependencies: [c!.id] },
        { ...c!, dependencies: [a!.id] },
      ]);
      assert.equal(error.code, "cycle");
      assert.match(error.message, /a → b → c → a/);
      assert.ok(error.hint);
    },
  );

  story("a job that depends on itself is refused", async (scene) => {
    const job = spec({ name: "ouroboros" });
    const error = await refusal(scene, [{ ...job, dependencies: [job.id] }]);
    assert.equal(error.code, "cycle");
    assert.match(error.message, /ouroboros → ouroboros/);
  });

  story("a job that is stored already refuses the whole batch", async (scene) => {
    const job = spec({ name: "twin" });
    const error = await refusal(scene, [spec(), job, job]);
    assert.equal(error.code, "usage");
    assert.match(error.message, /twin/);
    assert.ok(error.hint);
  });

  story("a chain of thousands of jobs is stored in one batch", async (scene) => {
    const chain: JobSpec[] = [];
    for (let length = 0; length < 5_000; length++) {
      const parent = chain.at(-1);
      chain.push(spec({ dependencies: parent ? [parent.id] : [] }));
    }
    await scene.storage.insert(chain.reverse(), scene.now);
    assert.equal((await scene.storage.counts()).blocked, 4_999);
  });

  story("the number of a removed job is not given again", async (scene) => {
    const job = await scene.add();
    await scene.run(job);
    await scene.storage.remove({ status: "completed", limit: 10 });
    assert.equal((await scene.add()).seq, job.seq + 1);
  });
}

/** The error with which a batch is refused; nothing of it may have been stored. */
async function refusal(scene: Scene, batch: readonly JobSpec[]) {
  const before = await scene.add();
  try {
    await scene.storage.insert(batch, scene.now);
  } catch (error) {
    assert.ok(isGigqError(error), String(error));
    const left = await scene.storage.list({ limit: 100 });
    assert.deepEqual(
      left.map((job) => job.id),
      [before.id],
    );
    return error;
  }
  throw assert.fail("the batch was stored");
}
