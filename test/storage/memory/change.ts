import { type Change, type ChangeVerb, downstreamReason, TRANSITIONS } from "../../../src/index.js";
import { beginAnew, cancelDescendants, lostParent, restoreDescendants } from "./family.js";
import type { Contents, Kept } from "./kept.js";

/** Whether a job changed, and which others did for its sake. */
interface Changed {
  readonly changed: boolean;
  readonly followed: readonly number[];
}

const REFUSED: Changed = { changed: false, followed: [] };

/** What people do to jobs. */
export function change(
  contents: Contents,
  seqs: readonly number[],
  verb: ChangeVerb,
  now: number,
): Change[] {
  return together(seqs, (seq) => {
    const kept = contents.jobs.get(seq);
    const isAllowed = kept && TRANSITIONS[verb].from.includes(kept.record.status);
    return isAllowed ? changeOne(contents, kept, verb, now) : REFUSED;
  });
}

export function cancelDownstream(
  contents: Contents,
  seqs: readonly number[],
  force: boolean,
  now: number,
): Change[] {
  return together(seqs, (seq) => {
    const root = contents.jobs.get(seq);
    if (root === undefined || (root.record.status === "running" && !force)) return REFUSED;
    const changed = end(contents, root, force, "cancelled before it ran", now);
    const followed: number[] = [];
    const seen = new Set([root]);
    const todo = [{ kept: root, cause: seq }];
    for (let parent = todo.pop(); parent !== undefined; parent = todo.pop()) {
      for (const child of contents.childrenOf(parent.kept)) {
        if (seen.has(child)) continue;
        seen.add(child);
        let { cause } = parent;
        const wasPending = child.record.status === "pending";
        if (end(contents, child, force, downstreamReason(cause), now)) {
          followed.push(child.record.seq);
        }
        if (wasPending) {
          child.orphanedBy = cause;
          cause = child.record.seq;
        }
        todo.push({ kept: child, cause });
      }
    }
    return { changed, followed };
  });
}

/** Cancels what is pending, and with force asks for what runs to be killed. */
function end(contents: Contents, kept: Kept, force: boolean, error: string, now: number): boolean {
  const { status } = kept.record;
  if (status === "pending") {
    const times = { finishedAt: now, updatedAt: now, runAt: null };
    contents.update(kept, { status: "cancelled", error, ...times });
    return true;
  }
  if (status !== "running" || !force) return false;
  contents.update(kept, { cancelRequested: true, updatedAt: now });
  return true;
}

function changeOne(contents: Contents, kept: Kept, verb: ChangeVerb, now: number): Changed {
  switch (verb) {
    case "cancel":
      end(contents, kept, false, "cancelled before it ran", now);
      return { changed: true, followed: cancelDescendants(contents, kept, now) };
    case "kill":
      return { changed: end(contents, kept, true, "", now), followed: [] };
    case "requeue":
      if (lostParent(contents, kept) !== undefined) return REFUSED;
      beginAnew(contents, kept, now);
      return { changed: true, followed: restoreDescendants(contents, kept, now) };
  }
}

/** Who changed for the sake of another that was named counts as changed, and once. */
function together(seqs: readonly number[], apply: (seq: number) => Changed): Change[] {
  const results = seqs.map(apply);
  const all = results.flatMap(({ followed }) => followed);
  return results.map(({ changed, followed }, index) => ({
    seq: seqs[index]!,
    changed: changed || all.includes(seqs[index]!),
    followed: followed.filter((seq) => !seqs.includes(seq)).length,
  }));
}
