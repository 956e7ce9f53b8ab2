import assert from "node:assert/strict";
import type { JobRecord } from "../../job/job.js";
import { COMPLETED, FAILED } from "./scene.js";
import type { Story } from "./story.js";

export function readContract(story: Story): void {
  story("jobs are got by id or number, in the order asked", async (scene) => {
    const [a, b] = await scene.addAll([{ name: "a" }, { name: "b" }]);
    const refs = [b!.seq, "no-such-id", a!.id, 99, b!.id, a!.seq];
    const found = await scene.storage.get(refs);
    assert.deepEqual(found, [b, undefined, a, undefined, b, a]);
  });

  story("a number written as text is an id, and there is none", async (scene) => {
    await scene.add();
    assert.deepEqual(await scene.storage.get(["1"]), [undefined]);
  });

  story("a list begins with the newest", async (scene) => {
    const jobs = await scene.addAll([{}, {}, {}]);
    assert.deepEqual(await scene.storage.list({ limit: 10 }), jobs.toReversed());
  });

  story("a list is narrowed by status, by name, or by both", async (scene) => {
    const [a, b, c, d] = await scene.addAll([
      { name: "x" },
      { name: "y" },
      { name: "x" },
      { name: "x" },
    ]);
    await scene.run(a!);
    await scene.run(b!);
    await scene.run(c!, FAILED);
    const list = async (query: object) => seqs(await scene.storage.list({ limit: 10, ...query }));
    assert.deepEqual(await list({ statuses: ["completed"] }), [b!.seq, a!.seq]);
    assert.deepEqual(await list({ statuses: ["failed", "pending"] }), [d!.seq, c!.seq]);
    assert.deepEqual(await list({ name: "x" }), [d!.seq, c!.seq, a!.seq]);
    assert.deepEqual(await list({ name: "x", statuses: ["completed"] }), [a!.seq]);
    assert.deepEqual(await list({ name: "X" }), []);
    assert.deepEqual(await list({ statuses: [] }), []);
  });

  story("a list is narrowed to what ended since a moment, that moment included", async (scene) => {
    const [early, open, late] = await scene.addAll([{ name: "x" }, { name: "x" }, { name: "y" }]);
    await scene.run(early!, FAILED);
    const since = scene.now + 10;
    scene.now = since;
    await scene.run(late!, FAILED);
    const list = async (query: object) => seqs(await scene.storage.list({ limit: 10, ...query }));
    assert.deepEqual(await list({ endedSince: since }), [late!.seq]);
    assert.deepEqual(await list({ endedSince: since + 1 }), []);
    assert.deepEqual(await list({ endedSince: since - 10 }), [late!.seq, early!.seq]);
    assert.deepEqual(await list({ endedSince: 0, name: "x", statuses: ["failed"] }), [early!.seq]);
    assert.deepEqual(await list({}), [late!.seq, open!.seq, early!.seq]);
  });

  story("a list is read in pages, each job on one of them", async (scene) => {
    const all = await scene.addAll(Array.from({ length: 7 }, () => ({})));
    const pages: number[][] = [];
    for (let below: number | undefined; ; below = pages.at(-1)!.at(-1)) {
      const page = await scene.storage.list({ limit: 3, below });
      if (page.length === 0) break;
      pages.push(seqs(page));
    }
    assert.deepEqual(
      pages.map((page) => page.length),
      [3, 3, 1],
    );
    assert.deepEqual(pages.flat(), seqs(all).toReversed());
  });

  story("an empty queue counts nothing", async (scene) => {
    const none = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0, timeout: 0 };
    assert.deepEqual(await scene.storage.counts(), { ...none, delayed: 0, blocked: 0 });
  });

  story("jobs are counted by status, and what the pending ones wait for", async (scene) => {
    const [done, failed, cancelled, running] = await scene.addAll([{}, {}, {}, {}]);
    await scene.run(done!);
    await scene.run(failed!, FAILED);
    await scene.change("cancel", cancelled!);
    await scene.take(running!);
    await scene.add({ runAt: scene.now + 1 });
    await scene.child([running!]);
    await scene.child([running!], { runAt: scene.now + 1 });
    await scene.add();
    assert.deepEqual(await scene.storage.counts(), {
      pending: 4,
      running: 1,
      completed: 1,
      failed: 1,
      cancelled: 1,
      timeout: 0,
      delayed: 2,
      blocked: 2,
    });
  });

  story("attempts are read in the order of the jobs asked for, oldest first", async (scene) => {
    const [a, b, untried] = await scene.addAll([{ maxAttempts: 2 }, {}, {}]);
    await scene.run(a!, FAILED);
    await scene.run(b!, COMPLETED);
    await scene.run(a!, COMPLETED);
    const attempts = await scene.storage.attempts([b!.seq, untried!.seq, a!.seq]);
    assert.deepEqual(
      attempts.map(({ seq, attempt, status }) => [seq, attempt, status]),
      [
        [b!.seq, 1, "completed"],
        [a!.seq, 1, "failed"],
        [a!.seq, 2, "completed"],
      ],
    );
  });

  story("what was handed out stays as it was, whatever becomes of the job", async (scene) => {
    const job = await scene.add({ maxAttempts: 2 });
    const claim = await scene.take(job);
    const inHand = await scene.storage.inHand("w");
    await scene.end(claim, FAILED);
    const handedOut = [job, claim, inHand, await scene.look(job), await scene.attempts(job)];
    const before = structuredClone(handedOut);
    await scene.run(job, COMPLETED);
    await scene.storage.remove({ status: "completed", limit: 1 });
    assert.deepEqual(handedOut, before);
  });

  story(
    "the children of jobs are named in order, each once, whatever their status",
    async (scene) => {
      const [a, b] = await scene.addAll([{}, {}]);
      const both = await scene.child([b!, a!]);
      const over = await scene.child([a!]);
      const grandchild = await scene.child([both]);
      await scene.change("cancel", over);
      const [twice] = await scene.addAll([{ dependencies: [b!.id, b!.id] }]);
      assert.deepEqual(
        await scene.storage.children([b!.seq, grandchild.seq, 99, a!.seq, both.seq], 100),
        [[both.seq, twice!.seq], [], [], [both.seq, over.seq], [grandchild.seq]],
      );
      assert.deepEqual(await scene.storage.children([a!.seq, b!.seq], 1), [[both.seq], [both.seq]]);
    },
  );

  story("ready jobs that come first are counted, up to a limit, and no others", async (scene) => {
    const ahead = (priority: number, seq: number, limit = 100) =>
      scene.storage.ahead(priority, seq, limit);
    assert.deepEqual(await ahead(0, 1), { higher: 0, earlier: 0 });
    const ready = await scene.addAll([5, 0, 0, 0, -1].map((priority) => ({ priority })));
    const [high, first, second, third, low] = ready.map(({ seq }) => seq);
    await scene.add({ priority: 9, runAt: scene.now + 1 });
    await scene.child([ready[4]!], { priority: 9 });
    const done = await scene.add({ priority: 9 });
    await scene.run(done);
    assert.deepEqual(await ahead(5, high!), { higher: 0, earlier: 0 });
    assert.deepEqual(await ahead(0, first!), { higher: 1, earlier: 0 });
    assert.deepEqual(await ahead(0, third!), { higher: 1, earlier: 2 });
    assert.deepEqual(await ahead(-1, low!), { higher: 4, earlier: 0 });
    assert.deepEqual(await ahead(-1, low!, 2), { higher: 2, earlier: 0 });
    assert.deepEqual(await ahead(0, second! + 99, 1), { higher: 1, earlier: 1 });
  });

  story("reading changes nothing", async (scene) => {
    const job = await scene.add({ runAt: scene.now + 1 });
    await scene.storage.list({ limit: 1 });
    await scene.storage.counts();
    await scene.advance({ now: scene.now + 2 });
    assert.deepEqual(await scene.look(job), job);
  });
}

function seqs(jobs: readonly JobRecord[]): number[] {
  return jobs.map((job) => job.seq);
}
