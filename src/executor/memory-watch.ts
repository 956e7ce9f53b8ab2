/** How often memory is looked at while attempts run. */
const LOOK_EVERY_MS = 250;

const MIB = 2 ** 20;

/** What can outgrow a limit. */
export interface Growing {
  /** How many attempts it holds, begun or not. */
  readonly held: number;
  /** Bytes; `undefined` where that is not known. */
  memory(): number | undefined;
  /** Ends the attempt that runs, which has failed with this error. */
  fail(error: string): void;
}

/** Fails attempts whose process has outgrown `limit` bytes. It looks only while something works. */
export class MemoryWatch {
  readonly #limit: number;
  readonly #watched: readonly Growing[];
  #timer: NodeJS.Timeout | undefined;

  constructor(limit: number, watched: readonly Growing[]) {
    this.#limit = limit;
    this.#watched = watched;
  }

  /** Something begins to work. */
  wake(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, LOOK_EVERY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const one of this.#watched) {
      if (one.held === 0) continue;
      this.wake();
      const bytes = one.memory() ?? 0;
      if (bytes > this.#limit) one.fail(this.#outgrown(bytes));
    }
  }

  #outgrown(bytes: number): string {
    const [grown, limit] = [Math.ceil(bytes / MIB), Math.floor(this.#limit / MIB)];
    return `its process grew to ${grown} MB, past the limit of ${limit} MB, and was killed`;
  }
}
