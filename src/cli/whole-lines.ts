/** A line that is longer is passed on in parts. */
const LONGEST = 1024 * 1024;

const BREAK = 0x0a;

/** Passes on what comes in pieces in whole lines, so that several writers do not mix within one. */
export class WholeLines {
  readonly #write: (lines: Uint8Array) => void;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(write: (lines: Uint8Array) => void) {
    this.#write = write;
  }

  push(piece: Buffer): void {
    const end = piece.lastIndexOf(BREAK) + 1;
    if (end > 0) {
      this.#hold(piece.subarray(0, end));
      this.#pass();
    }
    this.#hold(piece.subarray(end));
    if (this.#heldBytes > LONGEST) this.#pass();
  }

  /** No more comes: what has no line break gets one. */
  end(): void {
    if (this.#heldBytes === 0) return;
    this.#hold(Buffer.from("\n"));
    this.#pass();
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#held.push(piece);
    this.#heldBytes += piece.length;
  }

  #pass(): void {
    this.#write(Buffer.concat(this.#held));
    this.#held = [];
    this.#heldBytes = 0;
  }
}
