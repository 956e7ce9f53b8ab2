import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogPiece, LogStream, Writing } from "../../src/storage/log.js";
import { LogBook } from "../../src/worker/log-book.js";

const LEASE = { seq: 1, number: 1, workerId: "w" };
const KIB = 1024;

/** A log book, and a storage that does what it says. */
class Shelf {
  readonly book: LogBook;
  pieces: LogPiece[] = [];
  progress: string | undefined;

  constructor(limit = 64 * KIB) {
    this.book = new LogBook(LEASE, limit);
  }

  write(text: string | Buffer, at = 0, stream: LogStream = "stdout"): void {
    this.book.write(stream, Buffer.from(text), at);
  }

  /** Stores what is due; answers what that was. */
  store(now: number): Writing | undefined {
    const writing = this.book.take(now);
    if (writing === undefined) return undefined;
    const { log, forget, progress } = writing;
    const kept = this.pieces.filter(
      ({ position }) => forget === undefined || position < forget.from || position >= forget.to,
    );
    this.pieces = [...kept, ...log];
    this.progress = progress ?? this.progress;
    this.book.stored();
    return writing;
  }

  end(now: number): void {
    this.book.close(now);
    this.store(now);
  }

  get texts(): string[] {
    return this.pieces.map(({ bytes }) => Buffer.from(bytes).toString());
  }

  get size(): number {
    return this.pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}

void test("lines are kept whole, whatever the chunks they come in", () => {
  const shelf = new Shelf();
  shelf.write("on", 1);
  shelf.write("e\ntw", 2);
  shelf.write("o\nthree\nfour", 50);
  shelf.end(100);
  assert.deepEqual(
    shelf.pieces.map(({ position, at }) => [position, at]),
    [
      [0, 2],
      [4, 50],
      [14, 100],
    ],
  );
  assert.deepEqual(shelf.texts, ["one\n", "two\nthree\n", "four"]);
});

void test("what comes at almost the same time, in one stream, is one piece", () => {
  const shelf = new Shelf();
  const lines: [string, number, LogStream][] = [
    ["a\n", 0, "stdout"],
    ["b\n", 9, "stdout"],
    ["c\n", 9, "stderr"],
    ["d\n", 9, "stdout"],
    ["e\n", 40, "stdout"],
  ];
  for (const line of lines) shelf.write(...line);
  shelf.end(41);
  assert.deepEqual(shelf.texts, ["a\nb\n", "c\n", "d\n", "e\n"]);
  assert.deepEqual(
    shelf.pieces.map(({ stream }) => stream),
    ["stdout", "stderr", "stdout", "stdout"],
  );
});

void test("what is new is due after a quarter of a second, and at once when the attempt is over", () => {
  const shelf = new Shelf();
  assert.equal(shelf.book.dueAt, undefined);
  shelf.write("a\n", 1_000);
  assert.equal(shelf.book.dueAt, 1_250);
  assert.equal(shelf.store(1_249), undefined);
  shelf.store(1_250);
  assert.deepEqual(shelf.texts, ["a\n"]);
  assert.equal(shelf.book.dueAt, undefined);
  shelf.write("b\nrest", 1_260);
  shelf.end(1_261);
  assert.deepEqual(shelf.texts, ["a\n", "b\nrest"]);
});

void test("of much output the first half and the last half of the limit are kept, in whole lines", () => {
  const shelf = new Shelf(64 * KIB);
  const lines = Array.from({ length: 5_000 }, (_, n) => `line ${String(n).padStart(20)}\n`);
  for (const [n, line] of lines.entries()) {
    shelf.write(line, n);
    shelf.store(n);
  }
  shelf.end(lines.length);
  const all = lines.join("");
  const kept = shelf.texts.join("");
  const gaps = shelf.pieces.flatMap(({ position }, index) => {
    const { position: before, bytes } = shelf.pieces[index - 1] ?? { position: 0, bytes: "" };
    const size = position - before - bytes.length;
    return size === 0 ? [] : [{ index, size }];
  });
  assert.equal(gaps.length, 1);
  const [head, tail] = [
    shelf.texts.slice(0, gaps[0]!.index).join(""),
    shelf.texts.slice(gaps[0]!.index).join(""),
  ];
  assert.ok(all.startsWith(head) && head.endsWith("\n") && head.length > 31 * KIB);
  assert.ok(all.endsWith(tail) && tail.startsWith("line") && tail.length > 27 * KIB);
  assert.ok(kept.length <= 64 * KIB, `${kept.length}`);
  assert.equal(kept.length + gaps[0]!.size, all.length);
});

void test("the tail is stored once a second at most", () => {
  const shelf = new Shelf(2 * KIB);
  let stored = 0;
  for (let ms = 0; ms < 10_000; ms += 10) {
    shelf.write(`${"x".repeat(99)}\n`, ms);
    if (shelf.store(ms) !== undefined) stored += 1;
  }
  assert.ok(stored >= 9 && stored <= 12, `${stored}`);
});

void test("memory holds no more than the limit while storage is away, and it comes through after all", () => {
  const shelf = new Shelf(64 * KIB);
  const chunk = Buffer.from("0123456789abcde\n".repeat(64));
  for (let n = 0; n < 1_000; n++) {
    shelf.write(chunk, n * 300);
    const writing = shelf.book.take(n * 300);
    const size = writing?.log.reduce((sum, { bytes }) => sum + bytes.length, 0) ?? 0;
    assert.ok(size <= 64 * KIB, `${size}`);
    shelf.book.giveBack(n * 300);
  }
  shelf.end(1_000_000);
  assert.ok(shelf.size > 59 * KIB && shelf.size <= 64 * KIB, `${shelf.size}`);
  assert.equal(shelf.pieces[0]!.position, 0);
  const last = shelf.pieces.at(-1)!;
  assert.equal(last.position + last.bytes.length, 1_000 * KIB);
});

void test("what could not be stored is handed out again, with what came since", () => {
  const shelf = new Shelf();
  shelf.write("a\n", 0);
  shelf.book.tell('{"done":1}', 0);
  assert.ok(shelf.book.take(250));
  shelf.write("b\n", 260);
  shelf.book.giveBack(270);
  shelf.store(520);
  assert.deepEqual([shelf.texts, shelf.progress], [["a\n", "b\n"], '{"done":1}']);
  shelf.book.tell('{"done":2}', 600);
  assert.ok(shelf.book.take(850));
  shelf.book.tell('{"done":3}', 860);
  shelf.book.giveBack(870);
  shelf.store(2_000);
  assert.equal(shelf.progress, '{"done":3}');
});

void test("a line that is too long is cut, but no character is", () => {
  const shelf = new Shelf(64 * KIB);
  for (const text of ["ä", "€", "🎈"]) shelf.write(`x${text.repeat(3_000)}`, 0);
  shelf.end(1);
  const all = ["ä", "€", "🎈"].map((text) => `x${text.repeat(3_000)}`).join("");
  assert.equal(shelf.texts.join(""), all);
  assert.ok(shelf.pieces.length > 5, `${shelf.pieces.length}`);
  for (const { bytes } of shelf.pieces) assert.ok(bytes.length <= 4 * KIB, `${bytes.length}`);
});

void test("data that is no text is kept byte for byte", () => {
  const shelf = new Shelf(64 * KIB);
  const data = Buffer.from(Array.from({ length: 30 * KIB }, (_, n) => (n * 7919) % 251));
  for (let at = 0; at < data.length; at += 1_000) shelf.write(data.subarray(at, at + 1_000));
  shelf.end(1);
  assert.deepEqual(Buffer.concat(shelf.pieces.map(({ bytes }) => bytes)), data);
});
