import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Storage } from "../storage.js";
import { COMPLETED } from "./scene.js";
import { spec } from "./spec.js";
import type { Story } from "./story.js";

export function connectionContract(story: Story): void {
  story("what one connection has written, every other sees", async (scene) => {
    const other = await scene.store.connect();
    const job = await scene.add();
    assert.deepEqual(await other.get([job.id]), [job]);
    await other.change([job.seq], "cancel", scene.now);
    assert.equal(await scene.status(job), "cancelled");
  });

  story("a lease holds over all connections", async (scene) => {
    const other = await scene.store.connect();
    const job = await scene.add();
    const claim = await scene.take(job);
    const settlements = [scene.ending(claim, COMPLETED)];
    await other.advance({
      worker: "w",
      settlements,
      claimants: [],
      firstTurn: 9,
      now: scene.now,
    });
    assert.deepEqual((await scene.end(claim, COMPLETED)).stale, [claim.lease]);
  });

  story("what was written is still there when all connections were closed", async (scene) => {
    const parent = await scene.add();
    const child = await scene.child([parent]);
    await scene.run(parent);
    const before = await scene.storage.list({ limit: 9 });
    const attempts = await scene.attempts(parent);
    await scene.storage.close();
    const again = await scene.store.connect();
    assert.deepEqual(await again.list({ limit: 9 }), before);
    assert.deepEqual(await again.attempts([parent.seq]), attempts);
    const { claims } = await again.advance({
      worker: "w",
      settlements: [],
      claimants: ["w"],
      firstTurn: 9,
      now: scene.now,
    });
    assert.equal(claims[0]?.lease.seq, child.seq);
  });

  story("a listener hears of what another connection does", async (scene) => {
    const other = await scene.store.connect();
    for (const act of [
      () => other.insert([spec()], scene.now),
      () => other.change([1], "cancel", scene.now),
      () => other.remove({ status: "cancelled", limit: 1 }),
    ]) {
      await heard(scene.storage, act);
    }
  });

  story("when a listener hears, what happened can be seen", async (scene) => {
    const other = await scene.store.connect();
    for (let jobs = 1; jobs <= 20; jobs++) {
      const insert = () => other.insert([spec()], scene.now);
      await heard(scene.storage, insert, async () => {
        return (await scene.storage.counts()).pending === jobs;
      });
    }
  });

  story("a listener that was taken back hears nothing more", async (scene) => {
    const other = await scene.store.connect();
    let calls = 0;
    const stop = scene.storage.onChange(() => calls++);
    stop();
    for (let times = 0; times < 5; times++) {
      await heard(scene.storage, () => other.insert([spec()], scene.now));
    }
    assert.equal(calls, 0);
  });

  story("closing twice does no harm", async (scene) => {
    await scene.storage.close();
    await scene.storage.close();
  });
}

/**
 * Acts, and resolves once a listener was called and finds what it looks for. The limit also keeps
 * the process alive: a listener need not.
 */
async function heard(
  storage: Storage,
  act: () => Promise<unknown>,
  found: () => Promise<boolean> = async () => true,
): Promise<void> {
  const limit = new AbortController();
  let stop = (): void => {};
  const hearing = new Promise<void>((resolve) => {
    const look = async () => {
      if (await found()) resolve();
    };
    stop = storage.onChange(() => void look());
  });
  const tooLate = sleep(30_000, undefined, { signal: limit.signal }).then(
    () => assert.fail("the listener heard nothing in 30 s"),
    () => {},
  );
  try {
    await act();
    await Promise.race([hearing, tooLate]);
  } finally {
    stop();
    limit.abort();
  }
}
