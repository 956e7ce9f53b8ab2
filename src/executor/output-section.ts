import type { Separator } from "./separator.js";

/** More than this is never in doubt: it is more than a pipe holds. */
const MOST_IN_DOUBT = 1024 * 1024;

/** Knows what the child is doing. */
export interface Running {
  /** The attempt that the child began last; 0 before the first. */
  readonly n: number;
  /** All attempts before it are known to have ended, and all that they wrote has come. */
  readonly isAlone: boolean;
}

interface Doubtful {
  readonly bytes: Buffer;
  /** The attempt that was running when it came: this one wrote it, or one before. */
  readonly latest: number;
}

/** One stream of a child, cut into the output of its attempts. */
export class OutputSection {
  readonly #separator: Separator;
  readonly #running: () => Running;
  readonly #passOn: (bytes: Buffer, n: number) => void;
  /** Bytes that may be the first of a separator. */
  #rest: Buffer | undefined;
  #doubtful: Doubtful[] = [];
  #doubtfulBytes = 0;
  /** Whose output it is, once that is beyond doubt, until the next separator. */
  #owner: number | undefined;
  #passed = 0;
  #lastEnded = 0;
  #closed = false;
  /** Separators do not come through any more. */
  #mute = false;

  constructor(
    separator: Separator,
    running: () => Running,
    passOn: (bytes: Buffer, n: number) => void,
  ) {
    this.#separator = separator;
    this.#running = running;
    this.#passOn = passOn;
  }

  /** There is output of which it is not known yet who wrote it. */
  get isOpen(): boolean {
    return this.#doubtful.length > 0;
  }

  hasPassed(n: number): boolean {
    return this.#passed >= n || this.#closed || this.#mute;
  }

  receive(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let from = 0;
    for (;;) {
      const found = this.#separator.find(bytes, from);
      this.#take(bytes.subarray(from, found?.start));
      if (found === undefined) return;
      if (found.end === undefined) {
        this.#rest = bytes.subarray(found.start);
        return;
      }
      this.#separate(found.n);
      from = found.end;
    }
  }

  /** The answer passes on what was in doubt at the time of the call, and still is. */
  settle(): () => void {
    const known = new Set(this.#doubtful);
    return () => {
      while (known.has(this.#doubtful[0]!)) {
        const n = this.#passFirst();
        this.#owner = n > this.#lastEnded ? n : undefined;
      }
    };
  }

  /** All separators up to this attempt's have come: what it may have written, it has. */
  ended(n: number): void {
    this.#lastEnded = n;
    while (this.#doubtful.length > 0 && this.#doubtful[0]!.latest <= n) this.#passFirst();
    if (this.#owner !== undefined && this.#owner <= n) this.#owner = undefined;
  }

  close(): void {
    if (this.#rest !== undefined) this.#take(this.#rest);
    this.#rest = undefined;
    while (this.#doubtful.length > 0) this.#passFirst();
    this.#closed = true;
  }

  giveUp(n: number): void {
    this.#mute ||= this.#passed < n;
  }

  #take(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#owner !== undefined) {
      this.#passOn(bytes, this.#owner);
      return;
    }
    const { n, isAlone } = this.#running();
    this.#doubtful.push({ bytes, latest: n });
    this.#doubtfulBytes += bytes.length;
    if (isAlone || this.#doubtfulBytes > MOST_IN_DOUBT) this.settle()();
  }

  #separate(n: number): void {
    while (this.#doubtful.length > 0) this.#passFirst(n);
    this.#owner = undefined;
    this.#passed = Math.max(this.#passed, n);
    this.#mute = false;
  }

  /** Answers to whom it went. */
  #passFirst(most: number = Number.POSITIVE_INFINITY): number {
    const { bytes, latest } = this.#doubtful.shift()!;
    const n = Math.min(latest, most);
    this.#doubtfulBytes -= bytes.length;
    this.#passOn(bytes, n);
    return n;
  }
}
