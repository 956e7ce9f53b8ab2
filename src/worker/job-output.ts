import type { Attempt } from "../executor/executor.js";
import type { Progress } from "../job/progress.js";
import type { LogStream } from "../storage/log.js";
import { unheard, type WorkerSettings } from "./check-worker.js";
import { Echo } from "./echo.js";
import type { Hands } from "./hands.js";
import type { Wake } from "./wake.js";

/** What is new in a log waits for company at most this long. */
const GATHER_MS = 250;

/** Takes what jobs write to where it belongs: into their logs, and to whoever listens. */
export class JobOutput {
  readonly #settings: WorkerSettings;
  readonly #hands: Hands;
  readonly #wake: Wake;
  readonly #echo = new Echo();

  constructor(settings: WorkerSettings, hands: Hands, wake: Wake) {
    this.#settings = settings;
    this.#hands = hands;
    this.#wake = wake;
  }

  write(stream: LogStream, bytes: Buffer, attempt: Attempt | undefined): void {
    const { isolation, onEvent, logLimit } = this.#settings;
    const lease = attempt && this.#hands.lease(attempt);
    if (lease !== undefined && logLimit > 0) {
      this.#hands.logs.write(attempt!, lease, stream, bytes);
      this.#wake.soon(GATHER_MS);
    }
    if (stream === "log" || isolation === "inline" || onEvent === unheard) return;
    const text = this.#echo.textOf(stream, bytes, attempt);
    const info = lease && this.#hands.info(attempt!);
    if (text !== "") onEvent({ type: "output", stream, text, ...info });
  }

  tell(attempt: Attempt, progress: Progress): void {
    const lease = this.#hands.lease(attempt);
    if (lease === undefined) return;
    this.#hands.logs.tell(attempt, lease, JSON.stringify(progress));
    this.#wake.soon(GATHER_MS);
  }
}
