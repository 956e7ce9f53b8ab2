import type { WorkerEvent } from "../index.js";

/** How much a worker does and has done. */
export interface WorkCounts {
  readonly running: number;
  readonly done: number;
  readonly failed: number;
}

/** What a worker does and has done, counted from its events. */
export class WorkDone {
  readonly #running = new Set<string>();
  #stopping = false;
  #done = 0;
  #failed = 0;

  hear(event: WorkerEvent): void {
    if (event.type === "stopping") this.#stopping = true;
    if (event.type === "begun") this.#running.add(event.id);
    if (event.type !== "ended" && event.type !== "released" && event.type !== "stale") return;
    this.#running.delete(event.id);
    if (event.type !== "ended") return;
    if (event.outcome === "completed") this.#done += 1;
    else this.#failed += 1;
  }

  get counts(): WorkCounts {
    return { running: this.#running.size, done: this.#done, failed: this.#failed };
  }

  get status(): string {
    return statusOf(this.counts, this.#stopping);
  }
}

/** In a few words, for `systemctl status`. */
export function statusOf({ running, done, failed }: WorkCounts, stopping: boolean): string {
  const parts = [`${running} running`, `${done} done`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (stopping) parts.unshift("stopping");
  return parts.join(", ");
}
