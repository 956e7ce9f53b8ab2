import type { Database } from "better-sqlite3";
import { downstreamReason, type JobStatus } from "../../job/lifecycle.js";
import * as sql from "./sql.js";

/** Cancels what depends on a job, whatever it would do when a parent fails; in the caller's transaction. */
export class Downstream {
  readonly #statusOf;
  readonly #children;
  readonly #orphan;
  readonly #requestKill;

  constructor(db: Database) {
    this.#statusOf = db.prepare<[number], JobStatus>(sql.STATUS_OF).pluck();
    this.#children = db.prepare<[number], number>(sql.CHILDREN).pluck();
    this.#orphan = db.prepare(sql.ORPHAN);
    this.#requestKill = db.prepare(sql.REQUEST_KILL);
  }

  statusOf(seq: number): JobStatus | undefined {
    return this.#statusOf.get(seq);
  }

  /**
   * Cancels every pending descendant, and with `force` asks for running ones to be killed. Answers
   * which. Each is cancelled for the sake of the nearest ancestor that was cancelled with it, or of
   * the job itself, and comes back when that one is requeued.
   */
  cancel(seq: number, force: boolean, now: number): number[] {
    const changed: number[] = [];
    const seen = new Set([seq]);
    const reached = [{ seq, cause: seq }];
    for (let parent = reached.pop(); parent !== undefined; parent = reached.pop()) {
      for (const child of this.#children.all(parent.seq)) {
        if (seen.has(child)) continue;
        seen.add(child);
        const cancelled = this.#cancelOne(child, parent.cause, now);
        const killed = !cancelled && force && this.#requestKill.run(now, child).changes > 0;
        if (cancelled || killed) changed.push(child);
        reached.push({ seq: child, cause: cancelled ? child : parent.cause });
      }
    }
    return changed;
  }

  #cancelOne(seq: number, cause: number, now: number): boolean {
    return this.#orphan.run(cause, downstreamReason(cause), now, now, seq).changes > 0;
  }
}
