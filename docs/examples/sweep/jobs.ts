import { setTimeout as sleep } from "node:timers/promises";
import { type JobContext, task } from "gigq";

export interface Trial {
  rate: number;
  depth: number;
  loss: number;
}

const EPOCHS = 20;

/** Stands for a training that takes a while: finds the lowest point of a valley, step by step. */
export const train = task(
  import.meta.url,
  async (
    { rate, depth }: { rate: number; depth: number },
    { signal, progress }: JobContext,
  ): Promise<Trial> => {
    let at = 10;
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      await sleep(10 * depth, undefined, { signal });
      at -= rate * (2 * at - depth);
      progress(epoch, EPOCHS, "epochs");
    }
    return { rate, depth, loss: Math.abs(at - depth / 2) };
  },
  // A worker that dies costs an attempt; three are plenty.
  { maxAttempts: 3, timeout: 600 },
);

/** The best of all trials. Those that failed in the end have the result null. */
export const best = task(import.meta.url, (_params: object, { parentResults }: JobContext) => {
  const trials = Object.values(parentResults).filter((result) => result !== null) as Trial[];
  return { tried: trials.length, best: trials.sort((a, b) => a.loss - b.loss)[0] };
});
