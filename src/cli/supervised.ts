import type { Worker, WorkerEvent } from "../index.js";
import type { Superior } from "./terminal.js";
import { type WorkCounts, WorkDone } from "./work-done.js";

/** What a worker says to its supervisor. */
export type Report =
  | { readonly type: "started" }
  /** The answer to `how`: its event loop turns. */
  | ({ readonly type: "well" } & WorkCounts)
  /** With what it ends, as it is to be shown. */
  | { readonly type: "failed"; readonly text: string };

/** What a supervisor says to its workers. `stop`, said again, means at once. */
export type Order = { readonly type: "stop" | "how" };

/**
 * The side of a worker that another gigq has started: it says how it is, and stops when it is told
 * to, or when nobody is left who would tell.
 */
export class Supervised {
  readonly #superior: Superior;
  readonly #work = new WorkDone();
  #stopping = false;

  constructor(superior: Superior, worker: Pick<Worker, "stop">) {
    this.#superior = superior;
    superior.onOrder((order) => {
      const { type } = order as Order;
      if (type === "how") this.#report({ type: "well", ...this.#work.counts });
      else void worker.stop();
    });
    superior.onGone(() => {
      // Told to stop already, it may take its time.
      if (!this.#stopping) void worker.stop();
    });
  }

  hear(event: WorkerEvent): void {
    this.#work.hear(event);
    if (event.type === "stopping") this.#stopping = true;
    if (event.type === "started") this.#report({ type: "started" });
  }

  #report(report: Report): void {
    this.#superior.report(report);
  }
}
