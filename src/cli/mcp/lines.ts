const LINE_BREAK = 10;

/**
 * The lines of a stream of bytes, without their line breaks; the last need not have one. `undefined`
 * stands for a line of more than `longestBytes`, which is not kept.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  longestBytes: number,
): AsyncGenerator<Buffer | undefined, void, undefined> {
  const line = new Line(longestBytes);
  for await (const chunk of chunks) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_BREAK, start);
      if (end === -1) break;
      line.add(chunk.subarray(start, end));
      yield line.take();
      start = end + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (line.bytes > 0) yield line.take();
}

/** The line that is being read. */
class Line {
  bytes = 0;
  readonly #longestBytes: number;
  #parts: Uint8Array[] = [];

  constructor(longestBytes: number) {
    this.#longestBytes = longestBytes;
  }

  add(part: Uint8Array): void {
    this.bytes += part.length;
    if (this.bytes <= this.#longestBytes) this.#parts.push(part);
    else this.#parts = [];
  }

  take(): Buffer | undefined {
    const whole = this.bytes <= this.#longestBytes ? Buffer.concat(this.#parts) : undefined;
    this.bytes = 0;
    this.#parts = [];
    return whole;
  }
}
