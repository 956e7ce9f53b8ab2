import assert from "node:assert/strict";
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Mark, monotonicMs, NO_LIMIT } from "../../src/executor/mark.js";
import { PATIENCE_MS } from "../support/eventually.js";
import { otherProcess, otherThread } from "../support/other-side.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Both sides of a mark, in one process. */
function marks(t: TestContext): [worker: Mark, child: Mark] {
  const worker = Mark.create();
  t.after(() => worker.close());
  return [worker, new Mark(worker.fd)];
}

void test("a new mark lets everything begin, and nothing has begun", (t) => {
  const [worker, child] = marks(t);
  assert.equal(worker.begun().n, 0);
  assert.equal(child.begin(NO_LIMIT), true);
});

void test("the worker sees what has begun, and when", (t) => {
  const [worker, child] = marks(t);
  for (const n of [1, 2, 70_000]) {
    const beforeMs = monotonicMs();
    assert.equal(child.begin(n), true);
    const begun = worker.begun();
    assert.equal(begun.n, n);
    assert.ok(begun.atMs >= beforeMs && begun.atMs <= monotonicMs());
  }
});

void test("nothing after the limit begins, until the limit is lifted", (t) => {
  const [worker, child] = marks(t);
  worker.limit(2);
  assert.deepEqual(
    [1, 2, 3].map((n) => child.begin(n)),
    [true, true, false],
  );
  worker.limit(0);
  assert.equal(child.begin(4), false);
  worker.limit(NO_LIMIT);
  assert.equal(child.begin(5), true);
});

void test("with a name, others can read what was begun last, when both sides are gone", (t) => {
  const path = join(temporaryFolder(t), "0.mark");
  const worker = Mark.create(path);
  new Mark(worker.fd).begin(42);
  worker.close();
  assert.equal(Mark.lastBegun(path), 42);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(Mark.lastBegun(`${path}-of-nobody`), 0);
});

void test("a mark that cannot be made says so, and leaves nothing open", (t) => {
  const before = readdirSync("/proc/self/fd").length;
  assert.throws(() => Mark.create("/dev/full"), { code: "ENOSPC" });
  assert.throws(() => Mark.create(join(temporaryFolder(t), "no-such-folder", "0.mark")));
  assert.equal(readdirSync("/proc/self/fd").length, before);
});

void test("a mark that is closed is not written to, for its number may be another file's by then", (t) => {
  const worker = Mark.create();
  worker.close();
  const path = join(temporaryFolder(t), "of somebody else");
  const fd = openSync(path, "w+");
  t.after(() => closeSync(fd));
  assert.equal(fd, worker.fd);
  assert.equal(worker.begin(3), false);
  worker.limit(1);
  assert.equal(readFileSync(path).length, 0);
});

const SIDES = [
  ["process", otherProcess],
  ["thread", otherThread],
] as const;

for (const [name, open] of SIDES) {
  void test(`a limit that comes at any moment holds: another ${name} begins nothing beyond it that was not seen`, async (t) => {
    const { mark, go } = open(t);
    let rounds = 0;
    let refusedLate = 0;
    for (; rounds < 100; rounds++) {
      mark.limit(NO_LIMIT);
      const before = mark.begun();
      const ended = go();
      watch(mark, before, Math.random());
      const limit = mark.begun().n;
      mark.limit(limit);
      const allowed = Math.max(limit, mark.begun().n);
      const last = await ended;
      assert.ok(last <= allowed, `began ${last}, and at most ${allowed} was allowed`);
      if (allowed > limit) refusedLate += 1;
    }
    t.diagnostic(`${refusedLate} of ${rounds} limits came too late for one attempt`);
  });
}

/** Waits until something has begun, and a little longer; what it sees never goes back. */
function watch(mark: Mark, before: { n: number; atMs: number }, ms: number): void {
  let last = before;
  let untilMs = monotonicMs() + PATIENCE_MS;
  while (monotonicMs() < untilMs) {
    const begun = mark.begun();
    assert.ok(begun.n >= last.n, `${begun.n} after ${last.n}`);
    assert.ok(begun.atMs >= last.atMs, `${begun.atMs} after ${last.atMs}`);
    if (last.n === before.n && begun.n > before.n) untilMs = monotonicMs() + ms;
    last = begun;
  }
  assert.ok(last.n > before.n, "nothing began");
}

void test("the file of a mark has no name, and nobody else may read it", (t) => {
  const [worker] = marks(t);
  const stat = fstatSync(worker.fd);
  assert.equal(stat.nlink, 0);
  assert.equal(stat.mode & 0o777, 0o600);
});

void test("kept reports are there once the child has begun something else, until they are sent", (t) => {
  const [worker, child] = marks(t);
  child.begin(1);
  assert.equal(child.keep(Buffer.from("one\n")), true);
  assert.equal(worker.kept(), "");
  child.begin(2);
  assert.equal(worker.kept(), "one\n");
  child.keep(Buffer.from("zwö\n"));
  child.begin(3);
  assert.equal(worker.kept(), "one\nzwö\n");
  child.sent();
  child.begin(4);
  assert.equal(worker.kept(), "");
});

void test("a report that does not fit is not kept, and harms nothing", (t) => {
  const [worker, child] = marks(t);
  child.begin(1);
  child.keep(Buffer.from("one\n"));
  assert.equal(child.keep(Buffer.alloc(20_000)), false);
  child.begin(2);
  assert.equal(worker.kept(), "one\n");
  worker.limit(1);
  assert.equal(child.begin(3), false);
});

void test("reports are read whole or not at all while another process writes them", async (t) => {
  const { mark, go } = otherProcess(t, "keep");
  const ended = go();
  let read = 0;
  const untilMs = monotonicMs() + PATIENCE_MS;
  while (read < 3_000 && monotonicMs() < untilMs) {
    const lines = mark.kept().split("\n").slice(0, -1);
    let last = 0;
    for (const line of lines) {
      const { n, padding } = JSON.parse(line) as { n: number; padding: string };
      assert.equal(padding.length, n % 3_000);
      assert.ok(last === 0 || n === last + 1, `${n} after ${last}`);
      last = n;
      read += 1;
    }
  }
  assert.ok(read >= 3_000, `${read}`);
  mark.limit(0);
  await ended;
});
