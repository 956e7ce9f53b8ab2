import assert from "node:assert/strict";
import type { WorkerRecord } from "../storage.js";
import { COMPLETED, LOST, workerRecord } from "./scene.js";
import type { Story } from "./story.js";

/** Who works on the queue, and what becomes of what they hold when they are gone. */
export function workersContract(story: Story): void {
  story("a worker is known to all connections from enlisting to dismissal", async (scene) => {
    const other = await scene.store.connect();
    await scene.enlist("a");
    await scene.enlist("b");
    assert.deepEqual(await other.workers(), [workerRecord("a"), workerRecord("b")]);
    assert.equal(await other.dismiss("a"), true);
    assert.deepEqual(await scene.storage.workers(), [workerRecord("b")]);
  });

  story("what others need to know of a worker is kept as it was said", async (scene) => {
    const picky: WorkerRecord = {
      ...workerRecord("picky"),
      concurrency: 1_000,
      isolation: "inline",
      minPriority: -(2 ** 31),
      names: ["report-*", 'a "quoted" ?', "größe 🎈"],
    };
    await scene.storage.enlist(picky);
    assert.deepEqual(await scene.storage.workers(), [picky]);
  });

  story("a worker that is not enlisted is told so, and given nothing", async (scene) => {
    const job = await scene.add();
    await scene.enlist("w");
    await scene.storage.dismiss("w");
    const { claims, dismissed } = await scene.advance({ worker: "w", claimants: ["w"] });
    assert.deepEqual([claims, dismissed], [[], true]);
    assert.equal(await scene.status(job), "pending");
    assert.equal((await scene.advance({ worker: "w" })).dismissed, true);
    assert.equal((await scene.advance({ worker: "v", claimants: ["v"] })).dismissed, false);
  });

  story("what a worker has in hand is told in the order of its turns", async (scene) => {
    const jobs = await scene.addAll([{}, { priority: 5 }, {}, {}]);
    const claims = await scene.claim("w-0", "w-1", "w-0");
    await scene.advance({ worker: "v", claimants: ["v"] });
    await scene.end(claims[1]!, COMPLETED);
    const inHand = await scene.storage.inHand("w");
    assert.deepEqual(
      inHand.map(({ lease, turn }) => ({ lease, turn })),
      [claims[0]!, claims[2]!].map(({ lease, turn }) => ({ lease, turn })),
    );
    const [first] = inHand;
    assert.deepEqual(first?.job, {
      seq: jobs[1]!.seq,
      id: jobs[1]!.id,
      name: jobs[1]!.name,
      attempts: 1,
      maxAttempts: jobs[1]!.maxAttempts,
      timeoutMs: jobs[1]!.timeoutMs,
      retryDelayMs: jobs[1]!.retryDelayMs,
      backoff: jobs[1]!.backoff,
    });
    assert.equal(first?.startedAt, scene.now);
  });

  story("another worker settles what a dead one left, and only once", async (scene) => {
    const [again, last] = await scene.addAll([{ maxAttempts: 2 }, { maxAttempts: 1 }]);
    const claims = await scene.claim("w-0", "w-1");
    const settlements = claims.map((claim) => scene.ending(claim, LOST));
    const first = await scene.advance({ worker: "v", settlements });
    assert.deepEqual(first.stale, []);
    assert.equal(await scene.status(again!, last!), "pending failed");
    const second = await scene.advance({ worker: "u", settlements });
    assert.equal(second.stale.length, 2);
    assert.equal((await scene.attempts(last!)).length, 1);
  });

  story("a worker is not dismissed before all it had is settled", async (scene) => {
    const claim = await scene.take(await scene.add());
    assert.equal(await scene.storage.dismiss("w"), false);
    await scene.advance({ worker: "v", settlements: [scene.ending(claim, LOST)] });
    assert.deepEqual(await scene.storage.inHand("w"), []);
    assert.equal(await scene.storage.dismiss("w"), true);
  });

  story("a job that is given back is in nobody's hands", async (scene) => {
    const job = await scene.add();
    const claim = await scene.take(job);
    await scene.end(claim, { type: "released" });
    assert.deepEqual(await scene.storage.inHand("w"), []);
    const again = await scene.take(job);
    assert.equal(again.turn > claim.turn, true);
  });
}
