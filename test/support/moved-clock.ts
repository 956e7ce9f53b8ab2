/** The clock of the machine, set to another time; timers are not touched. */
export class MovedClock {
  #aheadMs = 0;

  now(): number {
    return Date.now() + this.#aheadMs;
  }

  after(ms: number, action: () => void): () => void {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  }

  move(seconds: number): void {
    this.#aheadMs += seconds * 1000;
  }

  set(moment: string): void {
    this.#aheadMs = Date.parse(moment) - Date.now();
  }
}
