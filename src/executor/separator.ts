import { randomBytes } from "node:crypto";

/**
 * Where the output of one attempt ends in a stream that the attempts of a child share. A separator
 * is a run of bytes that nobody writes by chance, since it has a random token in it, and the number
 * of the attempt.
 */
export class Separator {
  readonly #head: Buffer;

  constructor(token: string) {
    this.#head = Buffer.from(`\0\x1egigq ${token} `);
  }

  static newToken(): string {
    return randomBytes(8).toString("hex");
  }

  after(n: number): Buffer {
    return Buffer.concat([this.#head, Buffer.from(String(n).padStart(DIGITS, "0"))]);
  }

  /** The first separator in `bytes` from a place on, as far as it is there. */
  find(bytes: Buffer, from: number): FoundSeparator | undefined {
    const start = bytes.indexOf(this.#head, from);
    if (start === -1) return this.#begun(bytes, from);
    const end = start + this.#head.length + DIGITS;
    if (end > bytes.length) return { start, end: undefined, n: 0 };
    return { start, end, n: Number(bytes.toString("latin1", end - DIGITS, end)) };
  }

  /** One that may begin with the last few bytes. */
  #begun(bytes: Buffer, from: number): FoundSeparator | undefined {
    const most = Math.min(this.#head.length - 1, bytes.length - from);
    for (let start = bytes.length - most; start < bytes.length; start++) {
      if (bytes[start] !== this.#head[0]) continue;
      if (this.#head.subarray(0, bytes.length - start).equals(bytes.subarray(start))) {
        return { start, end: undefined, n: 0 };
      }
    }
    return undefined;
  }
}

/** Digits of the attempt's number. */
const DIGITS = 16;

interface FoundSeparator {
  readonly start: number;
  /** `undefined` when the rest of it has yet to come. */
  readonly end: number | undefined;
  readonly n: number;
}
