import type { StandardStream } from "./attribution.js";
import type { Attempt } from "./executor.js";

type Hear = (stream: StandardStream, bytes: Buffer, attempt: Attempt) => void;

/** Knows which attempt the code that asks belongs to. */
interface Owners {
  run<T>(attempt: Attempt, action: () => Promise<T>): Promise<T>;
  ended(): void;
  current(): Attempt | undefined;
}

/**
 * Listens to what functions write to the standard streams of the worker's own process, where it
 * still goes. With one slot that is everything that is written while an attempt runs.
 */
export class InlineOutput {
  readonly #owners: Owners;
  readonly #restore: readonly (() => void)[];
  #hear: Hear | undefined;

  static async open(slots: number, hear: Hear): Promise<InlineOutput> {
    return new InlineOutput(slots === 1 ? onlyOwner() : await ownersByContext(), hear);
  }

  private constructor(owners: Owners, hear: Hear) {
    this.#owners = owners;
    this.#hear = hear;
    this.#restore = [this.#listen("stdout"), this.#listen("stderr")];
  }

  /** What is written by `action`, and by all that it starts, is the attempt's; `ended` comes next. */
  run<T>(attempt: Attempt, action: () => Promise<T>): Promise<T> {
    return this.#owners.run(attempt, action);
  }

  /** The action is over. */
  ended(): void {
    this.#owners.ended();
  }

  close(): void {
    this.#hear = undefined;
    for (const restore of this.#restore) restore();
  }

  #listen(name: StandardStream): () => void {
    const stream = process[name];
    const write = stream.write as (...args: unknown[]) => boolean;
    const listening = (...args: unknown[]): boolean => {
      const attempt = this.#hear && this.#owners.current();
      const [chunk, encoding] = args;
      if (attempt !== undefined && (typeof chunk === "string" || chunk instanceof Uint8Array)) {
        this.#hear!(name, copyOf(chunk, encoding), attempt);
      }
      return write.apply(stream, args);
    };
    stream.write = listening as typeof stream.write;
    return () => {
      // Somebody else may have put something on top of it; then it only passes on.
      if (stream.write === listening) stream.write = write as typeof stream.write;
    };
  }
}

function copyOf(chunk: string | Uint8Array, encoding: unknown): Buffer {
  if (typeof chunk !== "string") return Buffer.from(chunk);
  return Buffer.from(
    chunk,
    typeof encoding === "string" ? (encoding as BufferEncoding) : undefined,
  );
}

function onlyOwner(): Owners {
  let owner: Attempt | undefined;
  return {
    run(attempt, action) {
      owner = attempt;
      return action();
    },
    ended() {
      owner = undefined;
    },
    current: () => owner,
  };
}

/** Following a context through all that is asynchronous has its price, on every promise. */
async function ownersByContext(): Promise<Owners> {
  const { AsyncLocalStorage } = await import("node:async_hooks");
  const context = new AsyncLocalStorage<Attempt>();
  return {
    run: (attempt, action) => context.run(attempt, action),
    ended: () => {},
    current: () => context.getStore(),
  };
}
