import type { Database } from "better-sqlite3";
import type { OnParentFailure } from "../../job/job.js";
import { type JobStatus, onParentEnd, orphanReason } from "../../job/lifecycle.js";
import * as sql from "./sql.js";

/**
 * What the end, or the new beginning, of a job means to those that depend on it. Each method runs
 * inside the caller's write transaction.
 */
export class Family {
  readonly #recount;
  readonly #brokenParent;
  readonly #children;
  readonly #freeChild;
  readonly #pendingChildren;
  readonly #pendingChildSeqs;
  readonly #orphan;
  readonly #orphansOf;
  readonly #reblame;
  readonly #requeue;

  constructor(db: Database) {
    this.#recount = db.prepare(sql.RECOUNT_PARENTS);
    this.#brokenParent = db.prepare<[number], { seq: number; status: JobStatus }>(
      sql.BROKEN_PARENT,
    );
    this.#children = db.prepare<[number], number>(sql.CHILDREN).pluck();
    this.#freeChild = db.prepare(sql.FREE_CHILD);
    this.#pendingChildren = db.prepare<[number], PendingChild>(sql.PENDING_CHILDREN);
    this.#pendingChildSeqs = db.prepare<[number], number>(sql.PENDING_CHILD_SEQS).pluck();
    this.#orphan = db.prepare(sql.ORPHAN);
    this.#orphansOf = db.prepare<[number], number>(sql.ORPHANS_OF).pluck();
    this.#reblame = db.prepare(sql.REBLAME);
    this.#requeue = db.prepare(sql.REQUEUE);
  }

  /**
   * Jobs with dependencies were stored, in any order: counts their parents, and cancels at once
   * those of which one has ended badly.
   */
  joined(seqs: readonly number[], now: number): void {
    for (const seq of seqs) this.#recount.run(seq);
    for (const seq of seqs) {
      const broken = this.#brokenParent.get(seq);
      if (broken !== undefined && this.#cancelOrphan(seq, broken, now)) {
        this.endedBadly(seq, "cancelled", now);
      }
    }
  }

  /** A running job is pending again: it waits for a parent that was requeued in the meantime. */
  cameBack(seq: number): void {
    this.#recount.run(seq);
  }

  /** A job has completed: its children have one parent fewer to wait for. */
  completed(seq: number): void {
    for (const child of this.#children.all(seq)) this.#freeChild.run(child);
  }

  /** A job has ended without completing. Answers which descendants were cancelled for it. */
  endedBadly(seq: number, status: JobStatus, now: number): number[] {
    const cancelled: number[] = [];
    const ended = [{ seq, status }];
    for (let parent = ended.pop(); parent !== undefined; parent = ended.pop()) {
      for (const child of this.#pendingChildren.all(parent.seq)) {
        const verdict = onParentEnd(parent.status, child.on_parent_failure);
        if (verdict === "free") this.#freeChild.run(child.seq);
        if (verdict !== "cancel") continue;
        this.#cancelOrphan(child.seq, parent, now);
        cancelled.push(child.seq);
        ended.push({ seq: child.seq, status: "cancelled" });
      }
    }
    return cancelled;
  }

  /**
   * A job is pending again: restores the descendants that were cancelled for it, and lets pending
   * children wait for it again. Answers which were restored.
   */
  revived(seq: number, now: number): number[] {
    const restored: number[] = [];
    const revived = [seq];
    for (let parent = revived.pop(); parent !== undefined; parent = revived.pop()) {
      this.#recount.run(parent);
      for (const child of this.#pendingChildSeqs.all(parent)) this.#recount.run(child);
      for (const child of this.#orphansOf.all(parent)) {
        const broken = this.#brokenParent.get(child);
        if (broken === undefined) {
          this.#requeue.run(now, child);
          restored.push(child);
          revived.push(child);
        } else {
          this.#reblame.run(broken.seq, orphanReason(broken.seq, broken.status), now, child);
        }
      }
    }
    return restored;
  }

  /** True while a parent that ended badly would cancel this job again. */
  isOrphan(seq: number): boolean {
    return this.#brokenParent.get(seq) !== undefined;
  }

  /** False when the job is not pending: it was cancelled already. */
  #cancelOrphan(seq: number, parent: { seq: number; status: JobStatus }, now: number): boolean {
    const reason = orphanReason(parent.seq, parent.status);
    return this.#orphan.run(parent.seq, reason, now, now, seq).changes > 0;
  }
}

interface PendingChild {
  seq: number;
  on_parent_failure: OnParentFailure;
}
