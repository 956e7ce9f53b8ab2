/** What has lived for so long did not die at once. */
const A_WHILE_MS = 10_000;

const FIRST_MS = 100;
const LONGEST_MS = 30_000;

/**
 * How long to wait before something that has died is started again: not at all where it had lived
 * for a while; where it dies at once, again and again, ever longer, from 0.1 s up to 30 s.
 */
export class RestartPause {
  #nextMs = FIRST_MS;

  after(livedMs: number): number {
    if (livedMs >= A_WHILE_MS) {
      this.#nextMs = FIRST_MS;
      return 0;
    }
    const ms = this.#nextMs;
    this.#nextMs = Math.min(LONGEST_MS, 2 * ms);
    return ms;
  }
}
