import assert from "node:assert/strict";
import { COMPLETED, FAILED, LOST, RELEASED, TIMEOUT } from "./scene.js";
import type { Story } from "./story.js";

export function retryContract(story: Story): void {
  for (const outcome of [FAILED, TIMEOUT, LOST]) {
    story(
      `an attempt that ends ${outcome.type} is followed by another while any are left`,
      async (scene) => {
        const job = await scene.add({ maxAttempts: 2 });
        const { status, attempts, finishedAt, workerId, error } = await scene.run(job, outcome);
        assert.deepEqual([status, attempts, finishedAt, workerId], ["pending", 1, null, null]);
        assert.equal(typeof error, "string");
        assert.equal((await scene.run(job)).status, "completed");
      },
    );
  }

  story("a job that completes in the end shows no error", async (scene) => {
    const job = await scene.add({ maxAttempts: 2 });
    await scene.run(job, FAILED);
    const { error, result } = await scene.run(job, COMPLETED);
    assert.deepEqual([error, result], [null, '"done"']);
  });

  story(
    "the next attempt waits for the retry delay, counted from the end of the last",
    async (scene) => {
      const job = await scene.add({ maxAttempts: 3, retryDelayMs: 5_000 });
      const claim = await scene.take(job);
      const endedAt = scene.now + 1_000;
      scene.now += 1_200;
      const { nextDueAt } = await scene.end(claim, FAILED, { endedAt });
      assert.equal(nextDueAt, endedAt + 5_000);
      assert.equal((await scene.look(job)).runAt, endedAt + 5_000);
      scene.now = endedAt + 4_999;
      assert.deepEqual(await scene.ready(), []);
      scene.now = endedAt + 5_000;
      assert.deepEqual(await scene.ready(), [job.seq]);
    },
  );

  story("with exponential backoff each wait is longer than the one before", async (scene) => {
    const job = await scene.add({ maxAttempts: 5, retryDelayMs: 1_000, backoff: "exponential" });
    const waits: number[] = [];
    for (let attempt = 1; attempt < 5; attempt++) {
      const { runAt } = await scene.run(job, FAILED);
      waits.push(runAt! - scene.now);
      scene.now = runAt!;
    }
    for (const [index, wait] of waits.entries()) {
      assert.ok(wait > (waits[index - 1] ?? 0), `waits are ${waits}`);
    }
  });

  story("a last attempt is not followed by a delay", async (scene) => {
    const job = await scene.add({ maxAttempts: 1, retryDelayMs: 5_000 });
    const { status, runAt } = await scene.run(job, FAILED);
    assert.deepEqual([status, runAt], ["failed", null]);
  });

  story("an attempt that was given back is not followed by a delay", async (scene) => {
    const job = await scene.add({ maxAttempts: 2, retryDelayMs: 5_000 });
    await scene.run(job, RELEASED);
    assert.deepEqual(await scene.ready(), [job.seq]);
  });

  story("giving an attempt back leaves those before it as they were", async (scene) => {
    const job = await scene.add({ maxAttempts: 2 });
    await scene.run(job, FAILED);
    assert.equal((await scene.run(job, RELEASED)).attempts, 1);
    assert.equal((await scene.run(job, FAILED)).status, "failed");
    assert.deepEqual(
      (await scene.attempts(job)).map(({ lease, attempt }) => [lease, attempt]),
      [
        [1, 1],
        [3, 2],
      ],
    );
  });

  story("the history outlives a requeue, and goes on under new leases", async (scene) => {
    const job = await scene.add({ maxAttempts: 2 });
    await scene.run(job, FAILED);
    await scene.run(job, TIMEOUT);
    await scene.change("requeue", job);
    await scene.run(job, COMPLETED);
    assert.deepEqual(
      (await scene.attempts(job)).map(({ lease, attempt, status }) => [lease, attempt, status]),
      [
        [1, 1, "failed"],
        [2, 2, "timeout"],
        [3, 1, "completed"],
      ],
    );
  });
}
