import assert from "node:assert/strict";
import type { JobRecord } from "../../job/job.js";
import type { Outcome } from "../../job/outcome.js";
import type { Claim } from "../storage.js";
import { CANCELLED, COMPLETED, FAILED, LOST, RELEASED, type Scene, TIMEOUT } from "./scene.js";
import type { Story } from "./story.js";

/** What is kept of a job that had one attempt, which ended so. */
const ENDS: readonly (readonly [Outcome, Partial<JobRecord>])[] = [
  [COMPLETED, { status: "completed", result: '"done"', error: null }],
  [FAILED, { status: "failed", result: null, error: "Error: no luck" }],
  [TIMEOUT, { status: "timeout", result: null, error: "ran past its timeout of 300 s" }],
  [LOST, { status: "failed", result: null, error: "its worker is gone" }],
  [CANCELLED, { status: "cancelled", result: null, error: "cancelled while it was running" }],
];

export function settleContract(story: Story): void {
  for (const [outcome, kept] of ENDS) {
    story(
      `a last attempt that ends ${outcome.type} leaves the job ${kept.status}`,
      async (scene) => {
        const job = await scene.add();
        const claim = await scene.take(job, "w-1");
        const startedAt = scene.now + 5;
        const endedAt = scene.now + 7;
        scene.now += 10;
        await scene.end(claim, outcome, { startedAt, endedAt });
        assert.deepEqual(await scene.look(job), {
          ...job,
          ...kept,
          attempts: 1,
          lease: 1,
          startedAt,
          finishedAt: endedAt,
          updatedAt: scene.now,
        });
        assert.deepEqual(await scene.attempts(job), [
          {
            seq: job.seq,
            lease: 1,
            attempt: 1,
            status: outcome.type,
            startedAt,
            endedAt,
            workerId: "w-1",
            error: kept.error,
          },
        ]);
      },
    );
  }

  story("an attempt that was given back uses none up, and leaves no history", async (scene) => {
    const job = await scene.add();
    for (let times = 1; times <= 3; times++) {
      const { status, attempts, lease, workerId, error, finishedAt } = await scene.run(
        job,
        RELEASED,
      );
      assert.deepEqual(
        { status, attempts, lease, workerId, error, finishedAt },
        {
          status: "pending",
          attempts: 0,
          lease: times,
          workerId: null,
          error: null,
          finishedAt: null,
        },
      );
    }
    assert.deepEqual(await scene.attempts(job), []);
    assert.deepEqual(await scene.ready(), [job.seq]);
  });

  story("what a settlement frees is claimed in the same step", async (scene) => {
    const parent = await scene.add();
    const child = await scene.child([parent]);
    const claim = await scene.take(parent);
    const { claims } = await scene.advance({
      settlements: [scene.ending(claim, COMPLETED)],
      claimants: ["w"],
    });
    assert.deepEqual(
      claims.map(({ lease }) => lease.seq),
      [child.seq],
    );
  });

  story("many attempts are settled in one step, each its own way", async (scene) => {
    const jobs = await scene.addAll([{}, {}, {}, {}]);
    const claims = await scene.claim("w-0", "w-1", "w-2", "w-3");
    const outcomes = [FAILED, COMPLETED, RELEASED, TIMEOUT];
    const { stale } = await scene.advance({
      settlements: claims.map((claim, index) => scene.ending(claim, outcomes[index]!)),
    });
    assert.deepEqual(stale, []);
    assert.equal(await scene.status(...jobs), "failed completed pending timeout");
  });

  story("a stale settlement among good ones does not stand in their way", async (scene) => {
    const jobs = await scene.addAll([{}, {}, {}]);
    const claims = await scene.claim("w", "w", "w");
    await scene.end(claims[1]!, RELEASED);
    const { stale } = await scene.advance({
      settlements: claims.map((claim) => scene.ending(claim, COMPLETED)),
    });
    assert.deepEqual(stale, [claims[1]!.lease]);
    assert.equal(await scene.status(...jobs), "completed pending completed");
  });

  story("an attempt is settled once", async (scene) => {
    const claim = await scene.take(await scene.add());
    await scene.end(claim, COMPLETED);
    await settlesNothing(scene, claim);
  });

  story("an attempt settled twice in one step is settled the first way", async (scene) => {
    const job = await scene.add();
    const claim = await scene.take(job);
    const { stale } = await scene.advance({
      settlements: [scene.ending(claim, COMPLETED), scene.ending(claim, FAILED)],
    });
    assert.deepEqual(stale, [claim.lease]);
    assert.equal(await scene.status(job), "completed");
    assert.equal((await scene.attempts(job)).length, 1);
  });

  story("a lease that was given back settles nothing", async (scene) => {
    const claim = await scene.take(await scene.add());
    await scene.end(claim, RELEASED);
    await settlesNothing(scene, claim);
  });

  story(
    "an earlier lease settles nothing while the same worker runs the job again",
    async (scene) => {
      const job = await scene.add({ maxAttempts: 2 });
      const claim = await scene.take(job);
      await scene.end(claim, FAILED);
      await scene.take(job);
      await settlesNothing(scene, claim);
    },
  );

  story("a lease from before a requeue settles nothing", async (scene) => {
    const job = await scene.add();
    const claim = await scene.take(job);
    await scene.end(claim, FAILED);
    await scene.change("requeue", job);
    await settlesNothing(scene, claim);
    await scene.take(job);
    await settlesNothing(scene, claim);
  });

  story("another worker's lease settles nothing", async (scene) => {
    const claim = await scene.take(await scene.add(), "w");
    await settlesNothing(scene, { ...claim, lease: { ...claim.lease, workerId: "x" } });
  });

  story("a lease that was never given settles nothing", async (scene) => {
    const claim = await scene.take(await scene.add());
    await settlesNothing(scene, { ...claim, lease: { ...claim.lease, number: 2 } });
    await settlesNothing(scene, { ...claim, lease: { ...claim.lease, seq: 99 } });
  });

  story("the lease of a removed job settles nothing", async (scene) => {
    const job = await scene.add();
    const claim = await scene.take(job);
    await scene.end(claim, COMPLETED);
    await scene.storage.remove({ status: "completed", limit: 1 });
    await settlesNothing(scene, claim);
  });
}

/** Every outcome under this lease comes back as stale and leaves all as it was. */
async function settlesNothing(scene: Scene, claim: Claim): Promise<void> {
  const outcomes = [COMPLETED, FAILED, TIMEOUT, LOST, CANCELLED, RELEASED];
  const before = await everything(scene);
  scene.now += 1;
  for (const outcome of outcomes) {
    const { stale } = await scene.end(claim, outcome);
    assert.deepEqual(stale, [claim.lease]);
  }
  assert.deepEqual(await everything(scene), before);
}

async function everything(scene: Scene): Promise<unknown> {
  const jobs = await scene.storage.list({ limit: 100 });
  return { jobs, attempts: await scene.storage.attempts(jobs.map((job) => job.seq)) };
}
