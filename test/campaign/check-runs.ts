import { isRobbed, type Records } from "./records.js";
import type { Run } from "./trace.js";

/** What the jobs themselves have seen. */
export function checkRuns(records: Records): string[] {
  return [...records.runsOf.values()].flatMap((all) => {
    const runs = all.filter((run) => !isRobbed(records, run));
    return [...overlaps(runs), ...tooMany(records, runs)];
  });
}

/** Nothing is heard of an attempt once a later one of the same job has begun. */
function overlaps(runs: readonly Run[]): string[] {
  return runs.flatMap((later, index) =>
    runs
      .slice(0, index)
      .filter(({ last }) => last.line > later.begin.line || last.ns > later.begin.ns)
      .map((earlier) => {
        const ms = Math.max(0, (earlier.last.ns - later.begin.ns) / 1e6).toFixed(1);
        return `overlap of ${ms} ms or more: ${describe(earlier)} went on after ${describe(later)} had begun`;
      }),
  );
}

/**
 * Each run that has begun uses up an attempt, for good: only the next life of a requeued job begins
 * at 1 again.
 */
function tooMany(records: Records, runs: readonly Run[]): string[] {
  const [first] = runs;
  if (first === undefined) return [];
  const { journal, jobOf, revived } = records;
  if (revived.has(first.jobId)) return [];
  const most =
    jobOf.get(first.jobId)?.max_attempts ?? journal.acknowledged.get(first.jobId)?.maxAttempts;
  const twice = runs.filter((run, index) =>
    runs.slice(0, index).some(({ attempt }) => attempt === run.attempt),
  );
  return [
    ...twice.map((run) => `an attempt has begun twice: ${describe(run)}`),
    ...(runs.length > (most ?? Number.POSITIVE_INFINITY)
      ? [`job ${first.jobId} has begun ${runs.length} times, and may ${most} times`]
      : []),
  ];
}

export function describe(run: Run): string {
  return `attempt ${run.attempt} of ${run.jobId} (${run.player}, process ${run.pid}, line ${run.begin.line})`;
}
