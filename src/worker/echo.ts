import { StringDecoder } from "node:string_decoder";
import type { Attempt } from "../executor/executor.js";

type Decoders = Record<"stdout" | "stderr", StringDecoder>;

/**
 * What jobs write, as text. A character whose bytes come in two chunks is whole in the second; each
 * attempt has decoders of its own, so that one cannot spoil the text of another.
 */
export class Echo {
  readonly #ofAttempts = new WeakMap<Attempt, Decoders>();
  readonly #ofOthers: Decoders = newDecoders();

  textOf(stream: "stdout" | "stderr", bytes: Buffer, attempt: Attempt | undefined): string {
    return this.#decodersOf(attempt)[stream].write(bytes);
  }

  #decodersOf(attempt: Attempt | undefined): Decoders {
    if (attempt === undefined) return this.#ofOthers;
    let decoders = this.#ofAttempts.get(attempt);
    if (decoders === undefined) {
      decoders = newDecoders();
      this.#ofAttempts.set(attempt, decoders);
    }
    return decoders;
  }
}

function newDecoders(): Decoders {
  return { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
}
