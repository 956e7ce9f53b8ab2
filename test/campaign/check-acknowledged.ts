import type { Acknowledged, Clearing } from "./journal.js";
import type { JobRow, Records } from "./records.js";

/** What was printed exists, and is over; or somebody was allowed to clear it, and did. */
export function checkAcknowledged(records: Records): string[] {
  const unfinished = records.jobs.filter((job) => !isOver(records, job));
  const vanished = [...records.journal.acknowledged.values()].filter(
    (job) => !records.jobOf.has(job.id) && !mayBeCleared(records, job),
  );
  return [
    ...unfinished.map(
      (job) => `job #${job.seq} ${job.name} is still ${job.status}: ${JSON.stringify(job)}`,
    ),
    ...vanished.map((job) => `job ${job.id} was acknowledged and is gone`),
  ];
}

/** A child with the rule `wait` waits for a parent that did not complete until that is requeued. */
function isOver(records: Records, job: JobRow): boolean {
  if (job.status === "pending") {
    const parents = records.parentsOf.get(job.id) ?? [];
    return (
      job.waiting_on > 0 &&
      parents.some((id) => {
        const status = records.jobOf.get(id)?.status;
        const isBad = status === "failed" || status === "timeout" || status === "cancelled";
        const waits = records.jobOf.get(id)?.waiting_on !== 0;
        return (isBad && job.on_parent_failure === "wait") || (status === "pending" && waits);
      })
    );
  }
  return job.status !== "running";
}

function mayBeCleared(records: Records, job: Acknowledged): boolean {
  return records.journal.clearings.some(
    (clearing) =>
      (clearing.statuses.includes("completed") && hasReturned(records, job, clearing)) ||
      (clearing.statuses.includes("cancelled") && mayBeCancelled(records, job)),
  );
}

function hasReturned({ runsOf }: Records, { id }: Acknowledged, { ended }: Clearing): boolean {
  const runs = runsOf.get(id) ?? [];
  return runs.some(({ end }) => end?.how === "returned" && end.at.ns < ended.ns);
}

/** By somebody, or because a parent did not complete. */
function mayBeCancelled({ journal }: Records, { id, dependencies }: Acknowledged): boolean {
  return dependencies.length > 0 || journal.cancelled.has(id);
}
