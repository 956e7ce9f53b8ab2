import { isFinished, type Removed, type RemoveQuery } from "../../../src/index.js";
import type { Contents, Kept } from "./kept.js";

/** Goes down from the newest; children, which are mostly newer, make way for their parents. */
export function remove(contents: Contents, query: RemoveQuery): Removed {
  const { status, before, below, limit, dryRun, gone = new Set() } = query;
  const candidates = [...contents.jobs.values()]
    .filter(({ record }) => record.status === status && record.seq < (below ?? Infinity))
    .filter(({ record }) => record.finishedAt! < (before ?? Infinity))
    .sort((a, b) => b.record.seq - a.record.seq)
    .slice(0, limit);
  let removed = 0;
  let kept = 0;
  for (const candidate of candidates) {
    if (gone.has(candidate.record.seq)) continue;
    if (isNeeded(contents, candidate, gone)) {
      kept += 1;
      continue;
    }
    removed += 1;
    if (dryRun) gone.add(candidate.record.seq);
    else contents.drop(candidate);
  }
  const next = candidates.length < limit ? undefined : candidates.at(-1)?.record.seq;
  return { removed, kept, next, heldMs: 0 };
}

function isNeeded(contents: Contents, parent: Kept, gone: ReadonlySet<number>): boolean {
  return contents
    .childrenOf(parent)
    .filter(({ record }) => !gone.has(record.seq))
    .some(
      ({ record }) =>
        !isFinished(record.status) ||
        (parent.record.status !== "completed" && record.status !== "completed"),
    );
}
