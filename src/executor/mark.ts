import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Who may begin what, agreed between a worker and a child without waiting for each other.
 *
 * The child writes down what it is about to begin, and then reads how far it may go. The worker
 * writes how far the child may go, and then reads what has begun. Whichever comes first, at least
 * one of them sees the other's word (the flags of Dekker's algorithm), so an attempt that the
 * worker takes back is never begun, even by a child that was stopped in between. And what a dead
 * child had begun can still be read.
 */
export interface Mark {
  /** Child: announces attempt `n`; false when it was recalled and must not begin. */
  begin(n: number): boolean;
  /** Worker: forbids everything after `n`. */
  limit(n: number): void;
  /** Worker: the last attempt that was announced, and when on the monotonic clock. */
  begun(): { n: number; atMs: number };
}

export const NO_LIMIT: number = 2 ** 31 - 1;

/** Milliseconds on a clock that all processes of this machine share and that is never set. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Float64 cells: [0] attempt begun, [1] when, [2] bytes of unsent reports, [3] the limit. */
const CELLS = 4;
const LIMIT_AT = 24;
/** Where reports stand that the child has not sent yet, and how many bytes there is room for. */
const REPORTS_AT = 64;
const REPORTS_ROOM = 16_384;

/**
 * A mark in a nameless file, for two processes that both hold it open. It also carries reports
 * that the child has not sent yet, so that it need not send each one alone, and yet none is lost
 * when it dies.
 */
export class FileMark implements Mark {
  readonly fd: number;
  readonly #cells = new Float64Array(CELLS);
  readonly #bytes = new Uint8Array(this.#cells.buffer);

  constructor(fd: number) {
    this.fd = fd;
  }

  /** The worker's side: makes the file, in memory where the system has a place for that. */
  static create(): FileMark {
    const mark = new FileMark(namelessFile());
    mark.#cells[3] = NO_LIMIT;
    writeSync(mark.fd, mark.#bytes, 0, mark.#bytes.length, 0);
    return mark;
  }

  begin(n: number): boolean {
    this.#cells[0] = n;
    this.#cells[1] = monotonicMs();
    writeSync(this.fd, this.#bytes, 0, LIMIT_AT, 0);
    readSync(this.fd, this.#bytes, LIMIT_AT, 8, LIMIT_AT);
    return n <= this.#cells[3]!;
  }

  limit(n: number): void {
    this.#cells[3] = n;
    writeSync(this.fd, this.#bytes, LIMIT_AT, 8, LIMIT_AT);
  }

  begun(): { n: number; atMs: number } {
    readSync(this.fd, this.#bytes, 0, LIMIT_AT, 0);
    return { n: this.#cells[0]!, atMs: this.#cells[1]! };
  }

  /** Child: keeps a report; it counts from the next `begin` on. False when there is no room. */
  keep(line: Buffer): boolean {
    const used = this.#cells[2]!;
    if (used + line.length > REPORTS_ROOM) return false;
    writeSync(this.fd, line, 0, line.length, REPORTS_AT + used);
    this.#cells[2] = used + line.length;
    return true;
  }

  /** Child: all reports have been sent. */
  sent(): void {
    this.#cells[2] = 0;
  }

  /**
   * Worker: the reports that were kept and perhaps not sent. Empty when the child went on to
   * another attempt meanwhile: it may be writing over them, and will send them.
   */
  kept(): string {
    const { n } = this.begun();
    const used = this.#cells[2]!;
    // User code can write anything here.
    if (!(used > 0 && used <= REPORTS_ROOM)) return "";
    const bytes = Buffer.alloc(used);
    readSync(this.fd, bytes, 0, bytes.length, REPORTS_AT);
    return this.begun().n === n ? bytes.toString("utf8") : "";
  }

  close(): void {
    closeSync(this.fd);
  }
}

function namelessFile(): number {
  for (const place of ["/dev/shm", tmpdir()]) {
    try {
      const folder = mkdtempSync(join(place, "gigq-"));
      try {
        return openSync(join(folder, "mark"), constants.O_RDWR | constants.O_CREAT, 0o600);
      } finally {
        rmSync(folder, { recursive: true });
      }
    } catch (error) {
      if (place === tmpdir()) throw error;
    }
  }
  throw new Error("unreachable");
}

/** A mark in memory that two threads share. */
export class SharedMark implements Mark {
  readonly memory: SharedArrayBuffer;
  readonly #begunAt: Float64Array;
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#begunAt = new Float64Array(memory, 0, 1);
    this.#words = new Int32Array(memory, 8, 2);
  }

  static create(): SharedMark {
    const mark = new SharedMark(new SharedArrayBuffer(16));
    mark.limit(NO_LIMIT);
    return mark;
  }

  begin(n: number): boolean {
    this.#begunAt[0] = monotonicMs();
    Atomics.store(this.#words, 0, n);
    return n <= Atomics.load(this.#words, 1);
  }

  limit(n: number): void {
    Atomics.store(this.#words, 1, n);
  }

  begun(): { n: number; atMs: number } {
    return { n: Atomics.load(this.#words, 0), atMs: this.#begunAt[0]! };
  }
}
