import assert from "node:assert/strict";
import type { JobRecord } from "../../job/job.js";
import { JOB_STATUSES, type JobStatus, TRANSITIONS } from "../../job/lifecycle.js";
import type { ChangeVerb } from "../storage.js";
import { CANCELLED, COMPLETED, FAILED, LOST, RELEASED, type Scene, TIMEOUT } from "./scene.js";
import type { Story } from "./story.js";

const VERBS: readonly ChangeVerb[] = ["cancel", "kill", "requeue"];

export function changeContract(story: Story): void {
  for (const status of JOB_STATUSES) {
    for (const verb of VERBS) {
      const allowed = TRANSITIONS[verb].from.includes(status);
      story(`${verb} ${allowed ? "changes" : "leaves alone"} a ${status} job`, async (scene) => {
        const job = await inStatus(scene, status);
        scene.now += 1;
        const change = await scene.change(verb, job);
        assert.deepEqual(change, [{ seq: job.seq, changed: allowed, followed: 0 }]);
        const after = await scene.look(job);
        if (!allowed) assert.deepEqual(after, job);
        else if (verb === "kill") assert.equal(after.cancelRequested, true);
        else assert.equal(after.status, TRANSITIONS[verb].to);
      });
    }
  }

  story("many jobs are changed at once, each answered in its place", async (scene) => {
    const [a, done, c] = await scene.addAll([{}, {}, {}]);
    await scene.run(done!);
    const changes = await scene.change("cancel", c!, { seq: 99 }, done!, a!, c!);
    assert.deepEqual(
      changes.map(({ seq, changed }) => [seq, changed]),
      [
        [c!.seq, true],
        [99, false],
        [done!.seq, false],
        [a!.seq, true],
        [c!.seq, false],
      ],
    );
  });

  story("a job cancelled while pending is over: it has an end, and a reason", async (scene) => {
    const job = await scene.add({ runAt: scene.now + 1_000 });
    scene.now += 5;
    await scene.change("cancel", job);
    const { error, finishedAt, updatedAt, runAt, startedAt } = await scene.look(job);
    assert.deepEqual([finishedAt, updatedAt, runAt, startedAt], [scene.now, scene.now, null, null]);
    assert.match(error ?? "", /cancelled/);
    scene.now += 1_000;
    assert.deepEqual(await scene.ready(), []);
    assert.equal((await scene.storage.remove({ status: "cancelled", limit: 9 })).removed, 1);
  });

  story(
    "a requeued job starts again from nothing, and keeps its place and number",
    async (scene) => {
      const job = await scene.add({ maxAttempts: 2, retryDelayMs: 5_000, priority: 3 });
      await scene.run(job, FAILED);
      scene.now += 5_000;
      await scene.run(job, TIMEOUT);
      scene.now += 60_000;
      await scene.change("requeue", job);
      assert.deepEqual(await scene.look(job), { ...job, lease: 2, updatedAt: scene.now });
      assert.deepEqual(await scene.ready(), [job.seq]);
    },
  );

  story("a requeued job does not wait for the time it was cancelled before", async (scene) => {
    const job = await scene.add({ runAt: scene.now + 1_000 });
    await scene.change("cancel", job);
    await scene.change("requeue", job);
    assert.deepEqual(await scene.ready(), [job.seq]);
  });

  story(
    "a request to kill is told to the worker that runs the job, and to no other",
    async (scene) => {
      const jobs = await scene.addAll([{}, {}, {}, {}]);
      const claims = [
        ...(await scene.claim("w-0", "w")),
        ...(await scene.advance({ worker: "w-1", claimants: ["w-1", "x"] })).claims,
      ];
      await scene.change("kill", ...jobs.slice(0, 3));
      const toKill = async (worker: string) => (await scene.advance({ worker })).toKill;
      assert.deepEqual(await toKill("w"), [claims[0]!.lease, claims[1]!.lease]);
      assert.deepEqual(await toKill("w-1"), [claims[2]!.lease]);
      assert.deepEqual(await toKill("x"), []);
    },
  );

  story("a request to kill is repeated until the attempt is settled", async (scene) => {
    const job = await scene.add();
    const claim = await scene.take(job);
    await scene.change("kill", job);
    assert.deepEqual((await scene.advance({})).toKill, [claim.lease]);
    assert.deepEqual((await scene.advance({ claimants: ["w"] })).toKill, [claim.lease]);
    const { stale, toKill } = await scene.end(claim, CANCELLED);
    assert.deepEqual([stale, toKill], [[], []]);
    const { status, cancelRequested } = await scene.look(job);
    assert.deepEqual([status, cancelRequested], ["cancelled", false]);
  });

  for (const outcome of [FAILED, TIMEOUT, LOST, RELEASED]) {
    story(
      `a job to be killed is cancelled when it ends ${outcome.type} with attempts left`,
      async (scene) => {
        const job = await scene.add({ maxAttempts: 2, retryDelayMs: 1_000 });
        const claim = await scene.take(job);
        await scene.change("kill", job);
        const { stale, overruled } = await scene.end(claim, outcome);
        assert.deepEqual(stale, []);
        assert.deepEqual(
          overruled.map((stored) => [stored.lease, stored.transition, stored.status]),
          [[claim.lease, "kill", "cancelled"]],
        );
        const { status, runAt, finishedAt, cancelRequested } = await scene.look(job);
        assert.deepEqual(
          [status, runAt, finishedAt, cancelRequested],
          ["cancelled", null, scene.now, false],
        );
        const history = outcome === RELEASED ? [] : [outcome.type];
        assert.deepEqual(
          (await scene.attempts(job)).map((attempt) => attempt.status),
          history,
        );
      },
    );
  }

  for (const [outcome, status] of [
    [COMPLETED, "completed"],
    [FAILED, "failed"],
    [TIMEOUT, "timeout"],
  ] as const) {
    story(
      `a last attempt that ends ${outcome.type} is kept so, though it was to be killed`,
      async (scene) => {
        const job = await scene.add();
        const claim = await scene.take(job);
        await scene.change("kill", job);
        assert.deepEqual((await scene.end(claim, outcome)).overruled, []);
        const after = await scene.look(job);
        assert.deepEqual([after.status, after.cancelRequested], [status, false]);
      },
    );
  }

  story(
    "a job that was to be killed tells why it was cancelled, though it was given back",
    async (scene) => {
      const job = await scene.add();
      const claim = await scene.take(job);
      await scene.change("kill", job);
      await scene.end(claim, RELEASED);
      assert.match((await scene.look(job)).error ?? "", /cancelled/);
    },
  );
}

async function inStatus(scene: Scene, status: JobStatus): Promise<JobRecord> {
  const job = await scene.add();
  switch (status) {
    case "pending":
      return job;
    case "running":
      await scene.take(job);
      return scene.look(job);
    case "completed":
      return scene.run(job, COMPLETED);
    case "failed":
      return scene.run(job, FAILED);
    case "timeout":
      return scene.run(job, TIMEOUT);
    case "cancelled":
      await scene.change("cancel", job);
      return scene.look(job);
  }
}
