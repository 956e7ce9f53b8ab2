import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readSync,
  rmdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const NO_LIMIT: number = 2 ** 31 - 1;

/** Milliseconds on a clock that all processes of this machine share and that is never set. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

const FRESH = constants.O_RDWR | constants.O_CREAT;

/** Float64 cells: [0] attempt begun, [1] when, [2] bytes of unsent reports, [3] the limit. */
const CELLS = 4;
const LIMIT_AT = 24;
/** Where reports stand that the child has not sent yet, and how many bytes there is room for. */
const REPORTS_AT = 64;
const REPORTS_ROOM = 16_384;

/**
 * Who may begin what, agreed between a worker and a child without waiting for each other.
 *
 * The child writes down what it is about to begin, and then reads how far it may go. The worker
 * writes how far the child may go, and then reads what has begun. Whichever comes first, at least
 * one of them sees the other's word (the flags of Dekker's algorithm), so an attempt that the
 * worker takes back is never begun, even by a child that was stopped in between. And what a dead
 * child had begun can still be read; where the file has a name, also when the worker is dead too.
 *
 * It also carries reports that the child has not sent yet, so that it need not send each one alone,
 * and yet none is lost when it dies.
 */
export class Mark {
  readonly fd: number;
  readonly #cells = new Float64Array(CELLS);
  readonly #bytes = new Uint8Array(this.#cells.buffer);
  #closed = false;

  constructor(fd: number) {
    this.fd = fd;
  }

  /**
   * The worker's side: makes the file. Without a path it has no name, and is in memory where the
   * system has a place for that. Throws when the system refuses.
   */
  static create(path?: string): Mark {
    const mark = new Mark(path === undefined ? namelessFile() : openSync(path, FRESH, 0o600));
    mark.#cells[3] = NO_LIMIT;
    // All of it, so that there is room on the disk for what comes.
    const bytes = Buffer.alloc(REPORTS_AT + REPORTS_ROOM);
    bytes.set(mark.#bytes);
    try {
      writeSync(mark.fd, bytes, 0, bytes.length, 0);
    } catch (error) {
      mark.close();
      throw error;
    }
    return mark;
  }

  /**
   * What the mark at `path` says was begun last: 0 where there is none yet, `undefined` where it
   * cannot be read.
   */
  static lastBegun(path: string): number | undefined {
    try {
      const mark = new Mark(openSync(path, "r"));
      try {
        return mark.begun().n;
      } finally {
        mark.close();
      }
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOENT" ? 0 : undefined;
    }
  }

  /** Child: announces attempt `n`; false when it was recalled and must not begin. */
  begin(n: number): boolean {
    // By now another file may have its number.
    if (this.#closed) return false;
    this.#cells[0] = n;
    this.#cells[1] = monotonicMs();
    writeSync(this.fd, this.#bytes, 0, LIMIT_AT, 0);
    readSync(this.fd, this.#bytes, LIMIT_AT, 8, LIMIT_AT);
    return n <= this.#cells[3]!;
  }

  /** Worker: forbids everything after `n`. */
  limit(n: number): void {
    if (this.#closed) return;
    this.#cells[3] = n;
    writeSync(this.fd, this.#bytes, LIMIT_AT, 8, LIMIT_AT);
  }

  /** Worker: the last attempt that was announced, and when on the monotonic clock. */
  begun(): { n: number; atMs: number } {
    if (!this.#closed) readSync(this.fd, this.#bytes, 0, LIMIT_AT, 0);
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
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.fd);
  }
}

function namelessFile(): number {
  for (const place of ["/dev/shm", tmpdir()]) {
    try {
      const folder = mkdtempSync(join(place, "gigq-"));
      const path = join(folder, "mark");
      try {
        return openSync(path, FRESH, 0o600);
      } finally {
        // Also when the process is out of files: nothing needs to be opened for that.
        rmSync(path, { force: true });
        rmdirSync(folder);
      }
    } catch (error) {
      if (place === tmpdir()) throw error;
    }
  }
  throw new Error("unreachable");
}
