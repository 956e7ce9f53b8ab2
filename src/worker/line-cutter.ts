import type { LogStream } from "../storage/log.js";

const LINE_BREAK = 10;

/** Receives whole lines, or parts of a line that is too long for one piece. */
export type TakeLines = (stream: LogStream, bytes: Buffer, at: number) => void;

/** Makes whole lines of what comes in chunks; what it hands on is never more than `largest` bytes. */
export class LineCutter {
  readonly #largest: number;
  readonly #take: TakeLines;
  /** Of each stream the beginning of a line that is not over. */
  readonly #rests = new Map<LogStream, Buffer[]>();

  constructor(largest: number, take: TakeLines) {
    this.#largest = largest;
    this.#take = take;
  }

  receive(stream: LogStream, chunk: Buffer, at: number): void {
    const lines = chunk.lastIndexOf(LINE_BREAK) + 1;
    if (lines > 0) this.#handOn(stream, this.#withRest(stream, chunk.subarray(0, lines)), at);
    if (lines < chunk.length) this.#keep(stream, chunk.subarray(lines), at);
  }

  /** Nothing more comes: what has no line break will get none. */
  end(at: number): void {
    for (const [stream, rest] of this.#rests) {
      if (rest.length > 0) this.#handOn(stream, Buffer.concat(rest), at);
    }
    this.#rests.clear();
  }

  #withRest(stream: LogStream, bytes: Buffer): Buffer {
    const rest = this.#rests.get(stream);
    if (rest === undefined || rest.length === 0) return bytes;
    this.#rests.set(stream, []);
    return Buffer.concat([...rest, bytes]);
  }

  #keep(stream: LogStream, bytes: Buffer, at: number): void {
    const rest = this.#rests.get(stream) ?? [];
    rest.push(bytes);
    this.#rests.set(stream, rest);
    const size = rest.reduce((sum, part) => sum + part.length, 0);
    if (size >= this.#largest) {
      const whole = this.#withRest(stream, Buffer.alloc(0));
      // Less than a character may be left, which waits for the rest of it.
      const end = boundary(whole, whole.length, 0);
      this.#handOn(stream, whole.subarray(0, end), at);
      if (end < whole.length) this.#rests.set(stream, [whole.subarray(end)]);
    } else if (rest.length >= MOST_PARTS) {
      this.#rests.set(stream, [Buffer.concat(rest)]);
    }
  }

  #handOn(stream: LogStream, bytes: Buffer, at: number): void {
    for (let start = 0; start < bytes.length; ) {
      const end = this.#endOfPiece(bytes, start);
      this.#take(stream, bytes.subarray(start, end), at);
      start = end;
    }
  }

  /** Behind the last line that fits, else within it, between two characters. */
  #endOfPiece(bytes: Buffer, start: number): number {
    const most = start + this.#largest;
    if (most >= bytes.length) return bytes.length;
    const lines = bytes.lastIndexOf(LINE_BREAK, most - 1) + 1;
    return lines > start ? lines : boundary(bytes, most, start);
  }
}

/** Many small parts cost more than their bytes. */
const MOST_PARTS = 64;

/** The last place up to `end` where no UTF-8 character is cut in two; `end` itself in other data. */
function boundary(bytes: Buffer, end: number, start: number): number {
  for (let at = end - 1; at > start && at >= end - 4; at--) {
    const byte = bytes[at]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return at + length > end ? at : end;
  }
  return end;
}
