import { isFinished, onParentEnd, orphanReason } from "../../../src/index.js";
import type { Contents, Kept } from "./kept.js";

/** How many parents a job waits for. */
export function waitingOn(contents: Contents, kept: Kept): number {
  if (kept.record.status !== "pending") return 0;
  const { onParentFailure } = kept.record;
  return contents
    .parentsOf(kept)
    .filter(
      ({ record: { status } }) =>
        !isFinished(status) || onParentEnd(status, onParentFailure) !== "free",
    ).length;
}

/** A parent that did not complete, and for whose sake this job may not run. */
export function lostParent(contents: Contents, kept: Kept): Kept | undefined {
  const { onParentFailure } = kept.record;
  return contents
    .parentsOf(kept)
    .find(
      ({ record: { status } }) =>
        isFinished(status) && onParentEnd(status, onParentFailure) === "cancel",
    );
}

/** Cancels the pending jobs that cannot run without this one, and those without them. */
export function cancelDescendants(contents: Contents, ended: Kept, now: number): number[] {
  const cancelled: number[] = [];
  const todo = [ended];
  for (let parent = todo.pop(); parent !== undefined; parent = todo.pop()) {
    for (const child of contents.childrenOf(parent)) {
      if (cancelIfOrphan(contents, child, parent, now)) {
        cancelled.push(child.record.seq);
        todo.push(child);
      }
    }
  }
  return cancelled;
}

/** Jobs were stored: those that cannot run are cancelled at once. */
export function cancelNewOrphans(contents: Contents, added: readonly Kept[], now: number): void {
  for (const kept of added) {
    const parent = lostParent(contents, kept);
    if (parent === undefined || !cancelIfOrphan(contents, kept, parent, now)) continue;
    cancelDescendants(contents, kept, now);
  }
}

function cancelIfOrphan(contents: Contents, child: Kept, parent: Kept, now: number): boolean {
  const { status, onParentFailure } = child.record;
  if (status !== "pending") return false;
  if (onParentEnd(parent.record.status, onParentFailure) !== "cancel") return false;
  blame(contents, child, parent, now);
  contents.update(child, { status: "cancelled", finishedAt: now, runAt: null });
  return true;
}

function blame(contents: Contents, child: Kept, { record }: Kept, now: number): void {
  child.orphanedBy = record.seq;
  contents.update(child, { error: orphanReason(record.seq, record.status), updatedAt: now });
}

/** Back to the start: no attempts, no error, no delay. */
export function beginAnew(contents: Contents, kept: Kept, now: number): void {
  kept.orphanedBy = null;
  const times = { startedAt: null, finishedAt: null, runAt: null, updatedAt: now };
  contents.update(kept, { status: "pending", attempts: 0, error: null, ...times });
}

/** Restores what was cancelled for the sake of a job that is pending again. */
export function restoreDescendants(contents: Contents, revived: Kept, now: number): number[] {
  const restored: number[] = [];
  const todo = [revived];
  for (let parent = todo.pop(); parent !== undefined; parent = todo.pop()) {
    for (const child of contents.jobs.values()) {
      if (child.orphanedBy !== parent.record.seq) continue;
      const other = lostParent(contents, child);
      if (other !== undefined) {
        blame(contents, child, other, now);
      } else {
        beginAnew(contents, child, now);
        restored.push(child.record.seq);
        todo.push(child);
      }
    }
  }
  return restored;
}
