import assert from "node:assert/strict";
import type { Lease } from "../../job/job.js";
import type { LogPiece, Writing } from "../log.js";
import { COMPLETED, FAILED, type Scene } from "./scene.js";
import type { Story } from "./story.js";

export function logContract(story: Story): void {
  story("what an attempt writes is read back in order, byte for byte", async (scene) => {
    const { lease } = await scene.take(await scene.add());
    const log = [
      piece(0, "one\n"),
      { ...piece(4, "two\n"), stream: "stderr" as const, at: 7 },
      { position: 8, at: 9, stream: "log" as const, bytes: Uint8Array.from([0, 255, 10]) },
    ];
    await write(scene, { lease, log: log.slice(0, 1) });
    await write(scene, { lease, log: log.slice(1) });
    assert.deepEqual((await readAll(scene, lease)).map(plain), log.map(plain));
  });

  story("bytes are kept as they were when they were handed in", async (scene) => {
    const { lease } = await scene.take(await scene.add());
    const written = piece(0, "before");
    await write(scene, { lease, log: [written] });
    written.bytes.fill(0);
    assert.deepEqual(texts(await readAll(scene, lease)), ["before"]);
  });

  story("a log is read from a position on, and in portions", async (scene) => {
    const { lease } = await scene.take(await scene.add());
    await write(scene, { lease, log: [piece(0, "1234"), piece(4, "5678"), piece(8, "90")] });
    const { seq, number } = lease;
    const read = async (from: number, limitBytes: number) =>
      texts(await scene.storage.readLog({ seq, lease: number, from, limitBytes }));
    assert.deepEqual(await read(0, 4), ["1234"]);
    assert.deepEqual(await read(0, 5), ["1234", "5678"]);
    assert.deepEqual(await read(4, 1), ["5678"]);
    assert.deepEqual(await read(5, 100), ["90"]);
    assert.deepEqual(await read(9, 100), []);
  });

  story("attempts have logs of their own", async (scene) => {
    const job = await scene.add({ maxAttempts: 2 });
    const first = await scene.take(job);
    await write(scene, { lease: first.lease, log: [piece(0, "first")] });
    await scene.end(first, FAILED);
    const second = await scene.take(job);
    await write(scene, { lease: second.lease, log: [piece(0, "second")] });
    assert.deepEqual(texts(await readAll(scene, first.lease)), ["first"]);
    assert.deepEqual(texts(await readAll(scene, second.lease)), ["second"]);
  });

  story("the last words of an attempt are kept in the step that settles it", async (scene) => {
    const claim = await scene.take(await scene.add());
    await scene.advance({
      writings: [{ lease: claim.lease, log: [piece(0, "bye")], progress: '{"done":1}' }],
      settlements: [scene.ending(claim, COMPLETED)],
    });
    assert.deepEqual(texts(await readAll(scene, claim.lease)), ["bye"]);
    assert.equal((await scene.look(claim.job)).progress, '{"done":1}');
  });

  story("what comes after the attempt was settled is dropped", async (scene) => {
    const job = await scene.add({ maxAttempts: 2 });
    const claim = await scene.take(job);
    await scene.end(claim, FAILED);
    const late = { lease: claim.lease, log: [piece(0, "late")], progress: '{"done":2}' };
    await write(scene, late);
    await scene.take(job);
    await write(scene, late);
    assert.deepEqual(await readAll(scene, claim.lease), []);
    assert.equal((await scene.look(job)).progress, null);
  });

  story("another worker's slot cannot write to an attempt", async (scene) => {
    const { lease } = await scene.take(await scene.add(), "w");
    await write(scene, { lease: { ...lease, workerId: "other" }, log: [piece(0, "x")] });
    assert.deepEqual(await readAll(scene, lease), []);
  });

  story("pieces are forgotten by where they begin", async (scene) => {
    const { lease } = await scene.take(await scene.add());
    const log = [0, 10, 20, 30].map((position) => piece(position, `${position}`));
    await write(scene, { lease, log });
    await write(scene, { lease, log: [piece(40, "40")], forget: { from: 10, to: 30 } });
    assert.deepEqual(texts(await readAll(scene, lease)), ["0", "30", "40"]);
  });

  story("a piece that comes twice is kept once", async (scene) => {
    const { lease } = await scene.take(await scene.add());
    await write(scene, { lease, log: [piece(0, "once")] });
    await write(scene, { lease, log: [piece(0, "once"), piece(4, "more")] });
    assert.deepEqual(texts(await readAll(scene, lease)), ["once", "more"]);
  });

  story("progress is kept when the attempt ends, and gone when the next begins", async (scene) => {
    const job = await scene.add({ maxAttempts: 2 });
    assert.equal((await scene.look(job)).progress, null);
    const claim = await scene.take(job);
    for (const progress of ['{"done":1}', '{"done":2}']) {
      await write(scene, { lease: claim.lease, log: [], progress });
    }
    await write(scene, { lease: claim.lease, log: [piece(0, "x")] });
    assert.equal((await scene.look(job)).progress, '{"done":2}');
    await scene.end(claim, FAILED);
    assert.equal((await scene.look(job)).progress, '{"done":2}');
    await scene.take(job);
    assert.equal((await scene.look(job)).progress, null);
  });

  story("the logs of a removed job are gone with it", async (scene) => {
    const claim = await scene.take(await scene.add());
    await write(scene, { lease: claim.lease, log: [piece(0, "x")] });
    await scene.end(claim, COMPLETED);
    await scene.storage.remove({ status: "completed", limit: 10 });
    assert.deepEqual(await readAll(scene, claim.lease), []);
  });

  story("jobs with long logs are removed in portions, and none is left out", async (scene) => {
    const jobs = await scene.addAll([{}, {}, {}, {}, {}]);
    for (const job of jobs) {
      const claim = await scene.take(job);
      const log = [piece(0, "x".repeat(7_000_000))];
      await scene.advance({
        writings: [{ lease: claim.lease, log }],
        settlements: [scene.ending(claim, COMPLETED)],
      });
    }
    let removed = 0;
    for (let below: number | undefined, calls = 0; calls === 0 || below !== undefined; calls++) {
      const answer = await scene.storage.remove({ status: "completed", below, limit: 100 });
      removed += answer.removed;
      below = answer.next;
    }
    assert.equal(removed, jobs.length);
    assert.equal((await scene.storage.counts()).completed, 0);
  });
}

function piece(position: number, text: string): LogPiece {
  return { position, at: 5, stream: "stdout", bytes: Buffer.from(text) };
}

async function write(scene: Scene, writing: Writing): Promise<void> {
  await scene.advance({ writings: [writing] });
}

async function readAll(scene: Scene, { seq, number }: Lease): Promise<LogPiece[]> {
  return scene.storage.readLog({ seq, lease: number, from: 0, limitBytes: 1_000_000 });
}

/** Engines may answer any kind of byte array. */
function plain(piece: LogPiece): LogPiece {
  return { ...piece, bytes: Uint8Array.from(piece.bytes) };
}

function texts(pieces: readonly LogPiece[]): string[] {
  return pieces.map(({ bytes }) => Buffer.from(bytes).toString());
}
