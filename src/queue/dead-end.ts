import { isFinished } from "../job/lifecycle.js";
import { type Kin, type KinById, waitsForParents } from "./kin.js";

/**
 * Finds the jobs that can never run as things are: they wait for a parent that has ended without
 * completing, or for a pending one that can never run itself.
 */
export class DeadEnds {
  readonly #kin: KinById;
  /** The parent at which a job is stuck; `undefined` of one that may run yet. */
  readonly #stuckAt = new Map<Kin, Kin | undefined>();

  constructor(kin: KinById) {
    this.#kin = kin;
  }

  /**
   * The way from a pending job's parent to the ancestor that has ended; `undefined` when the job
   * may run yet.
   */
  wayFrom(job: Kin): Kin[] | undefined {
    const first = this.#parentInTheWay(job);
    if (first === undefined) return undefined;
    const way = [first];
    for (let at: Kin | undefined = first; !isFinished(at.status); way.push(at)) {
      at = this.#stuckAt.get(at);
      if (at === undefined) return undefined;
    }
    return way;
  }

  /** Depth first, with a stack of its own: a chain may be longer than the call stack is deep. */
  #parentInTheWay(root: Kin): Kin | undefined {
    const path = [{ job: root, next: 0 }];
    while (path.length > 0) {
      const top = path.at(-1)!;
      if (this.#stuckAt.has(top.job)) {
        path.pop();
        continue;
      }
      const id = waitsForParents(top.job) ? top.job.dependencies[top.next] : undefined;
      if (id === undefined) {
        this.#stuckAt.set(top.job, undefined);
        continue;
      }
      const parent = this.#kin.get(id);
      const isOpen = parent !== undefined && waitsForParents(parent);
      if (isOpen && !this.#stuckAt.has(parent)) {
        path.push({ job: parent, next: 0 });
      } else if (parent !== undefined && this.#isInTheWay(parent, top.job)) {
        this.#stuckAt.set(top.job, parent);
      } else {
        top.next += 1;
      }
    }
    return this.#stuckAt.get(root);
  }

  /** A job with the policy "cancel" is cancelled when a parent fails: it only was read before that. */
  #isInTheWay(parent: Kin, child: Kin): boolean {
    if (parent.status === "pending") return this.#stuckAt.get(parent) !== undefined;
    const endedBadly = isFinished(parent.status) && parent.status !== "completed";
    return endedBadly && child.onParentFailure === "wait";
  }
}
