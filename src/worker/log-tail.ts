import type { LogPiece, Writing } from "../storage/log.js";
import { LogPieces } from "./log-pieces.js";

/** The last part of a log that is too long to be kept: at most `size` bytes, in whole pieces. */
export class LogTail {
  readonly #size: number;
  readonly #pieces: LogPieces;
  /** Where the first piece began that was ever in it. */
  #from = Number.POSITIVE_INFINITY;
  #end = 0;
  /** The least position that may be stored; and what it was before the last `take`. */
  #stored: number | undefined;
  #storedBefore: number | undefined;

  constructor(size: number, largestPiece: number) {
    this.#size = size;
    this.#pieces = new LogPieces(largestPiece);
  }

  get isEmpty(): boolean {
    return this.#pieces.isEmpty;
  }

  add(piece: LogPiece): void {
    this.#from = Math.min(this.#from, piece.position);
    this.#end = piece.position + piece.bytes.length;
    this.#pieces.add(piece);
    this.#pieces.dropBefore(this.#start);
  }

  /** Hands out what is new, and says what of the old has fallen out. */
  take(): Pick<Writing, "log" | "forget"> {
    const log = this.#pieces.take();
    const start = this.#start;
    const falls = this.#stored !== undefined && this.#stored < start;
    this.#storedBefore = this.#stored;
    this.#stored = falls ? start : (this.#stored ?? log[0]?.position);
    return { log, forget: falls ? { from: this.#from, to: start } : undefined };
  }

  /** Takes back what was handed out last. */
  giveBack(log: readonly LogPiece[]): void {
    this.#stored = this.#storedBefore;
    this.#pieces.giveBack(log);
    this.#pieces.dropBefore(this.#start);
  }

  /** A piece that begins before has fallen out. */
  get #start(): number {
    return this.#end - this.#size;
  }
}
