import type { LogPiece } from "../storage/log.js";

/** What is written to one stream within this time makes one piece. */
const SAME_PIECE_MS = 10;

/** Many small parts cost more than their bytes: then they are copied together. */
const MOST_PARTS = 64;

/** A piece to which more may be joined. */
interface Draft extends Omit<LogPiece, "bytes"> {
  parts: Uint8Array[];
  size: number;
}

/** Pieces of a log that wait to be stored, oldest first; small ones are joined. */
export class LogPieces {
  readonly #largest: number;
  #drafts: Draft[] = [];
  /** Those before it were dropped. */
  #first = 0;

  /** No piece becomes larger than `largest` by joining. */
  constructor(largest: number) {
    this.#largest = largest;
  }

  get isEmpty(): boolean {
    return this.#first === this.#drafts.length;
  }

  add({ position, at, stream, bytes }: LogPiece): void {
    const last = this.isEmpty ? undefined : this.#drafts.at(-1);
    const joins =
      last !== undefined &&
      last.stream === stream &&
      last.position + last.size === position &&
      at - last.at <= SAME_PIECE_MS &&
      last.size + bytes.length <= this.#largest &&
      last.parts.length < MOST_PARTS;
    if (!joins) {
      this.#drafts.push({ position, at, stream, parts: [bytes], size: bytes.length });
      return;
    }
    last.parts.push(bytes);
    last.size += bytes.length;
    if (last.parts.length === MOST_PARTS) last.parts = [Buffer.concat(last.parts)];
  }

  /** Drops the pieces that begin before a position. */
  dropBefore(position: number): void {
    while (!this.isEmpty && this.#drafts[this.#first]!.position < position) this.#first += 1;
    if (this.#first > this.#drafts.length / 2) {
      this.#drafts = this.#drafts.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Hands out all there is. */
  take(): LogPiece[] {
    const drafts = this.#drafts.slice(this.#first);
    this.#drafts = [];
    this.#first = 0;
    return drafts.map(({ position, at, stream, parts }) => ({
      position,
      at,
      stream,
      bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts),
    }));
  }

  /** Takes back what was handed out last. */
  giveBack(pieces: readonly LogPiece[]): void {
    const before = pieces.map(({ bytes, ...piece }) => ({
      ...piece,
      parts: [bytes],
      size: bytes.length,
    }));
    this.#drafts = [...before, ...this.#drafts.slice(this.#first)];
    this.#first = 0;
  }
}
