import { setTimeout } from "node:timers/promises";
import type { WorkerInfo } from "../../src/index.js";
import { processesWith } from "../support/processes.js";
import type { Desk } from "./desk.js";

/** Resolves with the workers once so many are alive, and nobody else is known. */
export async function alive(desk: Desk, count: number): Promise<WorkerInfo[]> {
  for (;;) {
    const workers = await desk.queue.workers();
    const living = workers.filter(({ state }) => state === "alive");
    if (living.length === count && workers.length === count) return workers;
    await setTimeout(10);
  }
}

/** All processes that have to do with the queue. */
export function processesOf(desk: Desk): number[] {
  return [...processesWith("cmdline", desk.db), ...processesWith("environ", desk.folder)];
}
