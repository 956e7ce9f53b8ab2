import { describe } from "./check-runs.js";
import { isRobbed, type Records } from "./records.js";
import type { Run } from "./trace.js";

/** No child has begun before its parents were done. */
export function checkDependencies(records: Records): string[] {
  return records.jobs.flatMap((job) =>
    (records.parentsOf.get(job.id) ?? []).flatMap((parentId) => {
      const isDone = job.on_parent_failure === "run" ? isOverBefore : hasReturnedBefore;
      return (records.runsOf.get(job.id) ?? [])
        .filter((run) => !isRobbed(records, run) && !isDone(records, parentId, run))
        .map((run) => `${describe(run)} has begun before its parent ${parentId} was done`);
    }),
  );
}

function hasReturnedBefore({ runsOf }: Records, id: string, { begin }: Run): boolean {
  const runs = runsOf.get(id) ?? [];
  return runs.some(({ end }) => end?.how === "returned" && end.at.line < begin.line);
}

/** A parent that was requeued may well run again beside the child. */
function isOverBefore(records: Records, id: string, { begin }: Run): boolean {
  if (records.revived.has(id)) return true;
  const runs = (records.runsOf.get(id) ?? []).filter((run) => !isRobbed(records, run));
  return runs.every(({ last }) => last.line < begin.line);
}
