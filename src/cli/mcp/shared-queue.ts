import type { JobQueue } from "../../index.js";

/**
 * Lends one open queue to all who ask at the same time, and closes it once nobody uses it: a file
 * that was replaced is found by the next, and many at a time take no more of the system than one.
 */
export class SharedQueue {
  readonly #open: () => JobQueue;
  #queue: JobQueue | undefined;
  #users = 0;

  constructor(open: () => JobQueue) {
    this.#open = open;
  }

  async lend<T>(action: (queue: JobQueue) => Promise<T>): Promise<T> {
    this.#queue ??= this.#open();
    const queue = this.#queue;
    this.#users += 1;
    try {
      return await action(queue);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) {
        this.#queue = undefined;
        await queue.close();
      }
    }
  }
}
