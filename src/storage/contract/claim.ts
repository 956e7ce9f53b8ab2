import assert from "node:assert/strict";
import type { Claim } from "../storage.js";
import { RELEASED } from "./scene.js";
import { spec } from "./spec.js";
import type { Story } from "./story.js";

export function claimContract(story: Story): void {
  story("jobs are claimed by priority, and then as they were submitted", async (scene) => {
    const jobs = await scene.addAll(
      [0, -5, 7, 0, 7, 2 ** 31 - 1].map((priority) => ({ priority })),
    );
    const order = [5, 2, 4, 0, 3, 1].map((index) => jobs[index]!.seq);
    assert.deepEqual(await scene.ready(), order);
  });

  story("a child of high priority comes before a job of low priority", async (scene) => {
    const parent = await scene.add();
    const low = await scene.add({ priority: -5 });
    const high = await scene.child([parent], { priority: 100 });
    await scene.run(parent);
    assert.deepEqual(await scene.ready(), [high.seq, low.seq]);
  });

  story("order of submission holds over jobs with and without dependencies", async (scene) => {
    const parent = await scene.add();
    const first = await scene.add();
    const second = await scene.child([parent]);
    const third = await scene.add();
    await scene.run(parent);
    assert.deepEqual(await scene.ready(), [first.seq, second.seq, third.seq]);
  });

  story("a job that was given back keeps its place", async (scene) => {
    const jobs = await scene.addAll([{}, {}, {}]);
    await scene.run(jobs[0]!, RELEASED);
    assert.deepEqual(await scene.ready(), seqs(jobs));
  });

  story("claims go to the claimants in order", async (scene) => {
    const jobs = await scene.addAll([{}, {}, {}]);
    const claims = await scene.claim("w-2", "w-0", "w-2");
    assert.deepEqual(
      claims.map(({ lease }) => [lease.seq, lease.workerId]),
      [
        [jobs[0]!.seq, "w-2"],
        [jobs[1]!.seq, "w-0"],
        [jobs[2]!.seq, "w-2"],
      ],
    );
  });

  story("no more is claimed than there are claimants, or ready jobs", async (scene) => {
    assert.deepEqual(await scene.claim("w"), []);
    const jobs = await scene.addAll([{}, {}, {}]);
    assert.deepEqual(await scene.claim(), []);
    assert.deepEqual(claimed(await scene.claim("w", "w")), seqs(jobs.slice(0, 2)));
    assert.deepEqual(claimed(await scene.claim("w", "w")), seqs(jobs.slice(2)));
    assert.deepEqual(await scene.claim("w", "w"), []);
  });

  story("no job is given to two connections", async (scene) => {
    const other = await scene.store.connect();
    await scene.addAll(Array.from({ length: 40 }, () => ({})));
    await scene.enlist("w");
    const steps = Array.from({ length: 20 }, (_, index) =>
      (index % 2 ? other : scene.storage).advance({
        worker: "w",
        firstTurn: 3 * index,
        settlements: [],
        claimants: ["a", "b", "c"],
        now: scene.now,
      }),
    );
    const given = (await Promise.all(steps)).flatMap((step) => claimed(step.claims));
    assert.equal(given.length, 40);
    assert.equal(new Set(given).size, 40);
  });

  story("a claimed job is running, in the hands of its claimant", async (scene) => {
    const job = await scene.add();
    scene.now += 1_000;
    await scene.claim("w-3");
    assert.deepEqual(await scene.look(job), {
      ...job,
      status: "running",
      attempts: 1,
      lease: 1,
      workerId: "w-3",
      startedAt: scene.now,
      updatedAt: scene.now,
    });
  });

  story("a claim tells what a worker must know", async (scene) => {
    const said = spec({ name: "n", params: '{"a":1}', maxAttempts: 4, timeoutMs: null });
    const job = await scene.add({ ...said, backoff: "exponential", retryDelayMs: 5 });
    const [claim] = await scene.claim("w-1");
    assert.deepEqual(claim, {
      lease: { seq: job.seq, number: 1, workerId: "w-1" },
      turn: 1,
      job: {
        seq: job.seq,
        id: said.id,
        name: "n",
        function: said.function,
        params: '{"a":1}',
        attempts: 1,
        maxAttempts: 4,
        timeoutMs: null,
        retryDelayMs: 5,
        backoff: "exponential",
        passParentResults: null,
      },
      parentResults: null,
    });
  });

  story("a delayed job is claimed when it is due, and not before", async (scene) => {
    const due = scene.now + 1_000;
    const job = await scene.add({ runAt: due });
    scene.now = due - 1;
    assert.deepEqual(await scene.claim("w"), []);
    scene.now = due;
    assert.deepEqual(claimed(await scene.claim("w")), [job.seq]);
  });

  story("due jobs join the others in order of priority and submission", async (scene) => {
    const [late, soon] = await scene.addAll([{ runAt: scene.now + 20 }, { runAt: scene.now + 10 }]);
    const [plain, urgent] = await scene.addAll([{}, { priority: 1, runAt: scene.now + 20 }]);
    scene.now += 20;
    assert.deepEqual(await scene.ready(), seqs([urgent!, late!, soon!, plain!]));
  });

  story("the time of the next delayed job is told", async (scene) => {
    const next = async () => (await scene.advance({ claimants: ["w"] })).nextDueAt;
    assert.equal(await next(), undefined);
    const [later, sooner] = [scene.now + 2_000, scene.now + 1_000];
    await scene.addAll([{ runAt: later }, { runAt: sooner }]);
    assert.equal(await next(), sooner);
    scene.now = sooner;
    assert.equal(await next(), later);
    scene.now = later;
    assert.equal(await next(), undefined);
  });

  story("a job waits for its parents and for its time, whichever comes last", async (scene) => {
    const [quick, slow] = await scene.addAll([{ priority: 1 }, {}]);
    const forTime = await scene.child([quick!], { runAt: scene.now + 1_000 });
    const forParent = await scene.child([slow!], { runAt: scene.now + 1_000 });
    await scene.run(quick!);
    assert.deepEqual(await scene.ready(), [slow!.seq]);
    scene.now += 1_000;
    assert.deepEqual(await scene.ready(), seqs([slow!, forTime]));
    await scene.run(slow!);
    assert.deepEqual(await scene.ready(), seqs([forTime, forParent]));
  });

  story("one particular job can be claimed, past all others", async (scene) => {
    const [, wanted] = await scene.addAll([{ priority: 9 }, {}]);
    const { claims } = await scene.advance({ claimants: ["a", "b"], only: wanted!.seq });
    assert.deepEqual(claimed(claims), [wanted!.seq]);
    assert.equal(claims[0]!.lease.workerId, "a");
  });

  story("one particular job is not claimed while it is not ready", async (scene) => {
    const parent = await scene.add();
    const [child, delayed] = [
      await scene.child([parent]),
      await scene.add({ runAt: scene.now + 1 }),
    ];
    const running = await scene.add();
    await scene.take(running);
    for (const { seq } of [child, delayed, running, { seq: 99 }]) {
      const { claims } = await scene.advance({ claimants: ["w"], only: seq });
      assert.deepEqual(claims, []);
    }
  });

  story("hundreds of jobs are claimed in one step", async (scene) => {
    const jobs = await scene.addAll(Array.from({ length: 500 }, () => ({})));
    const claims = await scene.claim(...Array.from({ length: 600 }, (_, slot) => `w-${slot}`));
    assert.deepEqual(claimed(claims), seqs(jobs));
  });
}

function claimed(claims: readonly Claim[]): number[] {
  return claims.map((claim) => claim.lease.seq);
}

function seqs(jobs: readonly { seq: number }[]): number[] {
  return jobs.map((job) => job.seq);
}
