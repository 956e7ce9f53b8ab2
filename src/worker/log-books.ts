import type { Clock } from "../clock.js";
import type { Attempt } from "../executor/executor.js";
import type { Lease } from "../job/job.js";
import type { LogStream, Writing } from "../storage/log.js";
import { LogBook } from "./log-book.js";

/** The log books of the attempts in hand: one for each that has written or told something. */
export class LogBooks {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #books = new Map<Attempt, LogBook>();
  #taken: Taken[] = [];

  /** `limit` is how many bytes are kept of an attempt. */
  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  write(attempt: Attempt, lease: Lease, stream: LogStream, bytes: Buffer): void {
    this.#bookOf(attempt, lease).write(stream, bytes, this.#clock.now());
  }

  /** `progress` is JSON. */
  tell(attempt: Attempt, lease: Lease, progress: string): void {
    this.#bookOf(attempt, lease).tell(progress, this.#clock.now());
  }

  /** What is left goes with the next `take`, as the end of the attempt does. */
  ended(attempt: Attempt): void {
    this.#books.get(attempt)?.close(this.#clock.now());
  }

  /** When the next book wants to be stored, ms UTC. */
  get dueAt(): number | undefined {
    let dueAt: number | undefined;
    for (const book of this.#books.values()) {
      if (book.dueAt !== undefined) dueAt = Math.min(dueAt ?? book.dueAt, book.dueAt);
    }
    return dueAt;
  }

  /** Hands out what is to be stored now; then `stored`, or `giveBack` when that did not succeed. */
  take(): Writing[] {
    if (this.#books.size === 0) return [];
    const now = this.#clock.now();
    const writings: Writing[] = [];
    for (const [attempt, book] of this.#books) {
      const writing = book.take(now);
      if (writing !== undefined) writings.push(writing);
      if (writing !== undefined || book.isClosed) {
        this.#taken.push({ attempt, book, isLast: book.isClosed });
      }
    }
    return writings;
  }

  stored(): void {
    for (const { attempt, book, isLast } of this.#taken) {
      book.stored();
      if (isLast) this.#books.delete(attempt);
    }
    this.#taken = [];
  }

  giveBack(): void {
    for (const { book } of this.#taken) book.giveBack(this.#clock.now());
    this.#taken = [];
  }

  #bookOf(attempt: Attempt, lease: Lease): LogBook {
    let book = this.#books.get(attempt);
    if (book === undefined) {
      book = new LogBook(lease, this.#limit);
      this.#books.set(attempt, book);
    }
    return book;
  }
}

interface Taken {
  readonly attempt: Attempt;
  readonly book: LogBook;
  /** Its attempt was over when it was taken. */
  readonly isLast: boolean;
}
