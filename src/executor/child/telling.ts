import { format } from "node:util";
import type { Progress } from "../../job/progress.js";
import { LONGEST_MESSAGE } from "../messages.js";

/** What a function tells while it runs. */
export type Told =
  | { readonly type: "log"; readonly text: string }
  | ({ readonly type: "progress" } & Progress);

/** Progress is told at most this often. */
const EACH_MS = 100;

/** Longer texts are cut: more would not be kept anyway. */
const LONGEST_TEXT = 2 ** 20;

/** `context.log` and `context.progress` of one attempt. */
export class Telling {
  readonly #tell: (told: Told) => void;
  #toldMs = Number.NEGATIVE_INFINITY;
  #untold: Told | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(tell: (told: Told) => void) {
    this.#tell = tell;
  }

  readonly log = (...values: unknown[]): void => {
    if (this.#over) return;
    const text = format(...values);
    const left = text.length - LONGEST_TEXT;
    const cut = left > 0 ? `${text.slice(0, LONGEST_TEXT)} … ${left} characters left out` : text;
    this.#tell({ type: "log", text: cut });
  };

  /** Of many in a short time the latest wins. */
  readonly progress = (done: number, total?: number | null, message?: string | null): void => {
    if (this.#over) return;
    this.#untold = {
      type: "progress",
      done: checked("done", done),
      total: total === undefined || total === null ? null : checked("total", total),
      message: shortened(message),
    };
    const waitMs = this.#toldMs + EACH_MS - performance.now();
    if (waitMs <= 0) this.#tellProgress();
    else this.#timer ??= setTimeout(() => this.#tellProgress(), waitMs).unref();
  };

  /** The function has returned: what comes later is not heard. */
  end(): void {
    this.#tellProgress();
    this.#over = true;
  }

  #tellProgress(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#untold === undefined) return;
    this.#tell(this.#untold);
    this.#untold = undefined;
    this.#toldMs = performance.now();
  }
}

function checked(what: string, given: number): number {
  if (typeof given === "number" && Number.isFinite(given) && given >= 0) return given;
  throw new TypeError(
    `context.progress was told that ${what} is ${String(given)}; give a number, 0 or more`,
  );
}

function shortened(message: string | null | undefined): string | null {
  if (message === undefined || message === null) return null;
  const text = String(message).trim().slice(0, LONGEST_MESSAGE);
  return text === "" ? null : text;
}
