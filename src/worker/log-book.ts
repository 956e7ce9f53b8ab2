import type { Lease } from "../job/job.js";
import type { LogPiece, LogStream, Writing } from "../storage/log.js";
import { LineCutter } from "./line-cutter.js";
import { LogPieces } from "./log-pieces.js";
import { LogTail } from "./log-tail.js";

/** What is new is stored after this time, unless the attempt ends before. */
const FLUSH_MS = 250;

/** The tail is stored only this often: most of it will fall out again. */
const FLUSH_TAIL_MS = 1_000;

/** No piece of a log is larger; a longer line is cut. */
const LARGEST_PIECE = 65_536;

/** What was handed out to be stored. */
interface Underway {
  readonly head: readonly LogPiece[];
  readonly tail: Pick<Writing, "log" | "forget"> | undefined;
  readonly progress: string | undefined;
}

/**
 * What one attempt writes and tells, on its way to storage: the first half of the limit as it
 * comes, and of all the rest the last half. It holds no more than that in memory, however much is
 * written and however long storage is away.
 */
export class LogBook {
  readonly #lease: Lease;
  readonly #half: number;
  readonly #cutter: LineCutter;
  readonly #head: LogPieces;
  readonly #tail: LogTail;
  #written = 0;
  #headIsFull = false;
  #progress: string | undefined;
  /** Since when something waits, and when the tail was last handed out, ms UTC. */
  #waitingSince: number | undefined;
  #tailTakenAt = Number.NEGATIVE_INFINITY;
  #underway: Underway | undefined;
  #closed = false;

  /** `limit` is in bytes. */
  constructor(lease: Lease, limit: number) {
    this.#lease = lease;
    this.#half = Math.floor(limit / 2);
    const largest = Math.min(LARGEST_PIECE, Math.max(1, Math.floor(this.#half / 8)));
    this.#head = new LogPieces(largest);
    this.#tail = new LogTail(this.#half, largest);
    this.#cutter = new LineCutter(largest, (stream, bytes, at) => this.#add(stream, bytes, at));
  }

  /** The attempt is over. */
  get isClosed(): boolean {
    return this.#closed;
  }

  write(stream: LogStream, bytes: Buffer, at: number): void {
    this.#cutter.receive(stream, bytes, at);
  }

  /** `progress` is JSON. */
  tell(progress: string, at: number): void {
    this.#progress = progress;
    this.#waitingSince ??= at;
  }

  /** All that is left wants to be stored together with the end of the attempt. */
  close(at: number): void {
    this.#cutter.end(at);
    this.#closed = true;
  }

  /** When something wants to be stored, ms UTC; `undefined` when nothing does. */
  get dueAt(): number | undefined {
    if (this.#waitingSince === undefined) return undefined;
    const dueAt = this.#waitingSince + FLUSH_MS;
    const onlyTail = this.#head.isEmpty && this.#progress === undefined;
    return onlyTail ? Math.max(dueAt, this.#tailTakenAt + FLUSH_TAIL_MS) : dueAt;
  }

  /** Hands out what is to be stored now, if anything is; then `stored` or `giveBack`. */
  take(now: number): Writing | undefined {
    const { dueAt } = this;
    if (dueAt === undefined || (dueAt > now && !this.#closed)) return undefined;
    const withTail = this.#closed || now >= this.#tailTakenAt + FLUSH_TAIL_MS;
    const head = this.#head.take();
    const tail = withTail && !this.#tail.isEmpty ? this.#tail.take() : undefined;
    const progress = this.#progress;
    if (tail !== undefined) this.#tailTakenAt = now;
    this.#progress = undefined;
    this.#waitingSince = this.#tail.isEmpty ? undefined : now;
    this.#underway = { head, tail, progress };
    const log = tail === undefined ? head : [...head, ...tail.log];
    return { lease: this.#lease, log, forget: tail?.forget, progress };
  }

  stored(): void {
    this.#underway = undefined;
  }

  giveBack(now: number): void {
    if (this.#underway === undefined) return;
    const { head, tail, progress } = this.#underway;
    this.#head.giveBack(head);
    if (tail !== undefined) this.#tail.giveBack(tail.log);
    this.#progress ??= progress;
    this.#waitingSince ??= now;
    this.#underway = undefined;
  }

  #add(stream: LogStream, bytes: Buffer, at: number): void {
    const piece: LogPiece = { position: this.#written, at, stream, bytes };
    this.#written += bytes.length;
    this.#headIsFull ||= this.#written > this.#half;
    if (this.#headIsFull) this.#tail.add(piece);
    else this.#head.add(piece);
    this.#waitingSince ??= at;
  }
}
