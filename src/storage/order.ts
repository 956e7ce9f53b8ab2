import { GigqError } from "../errors.js";
import type { JobSpec } from "../job/job.js";

/** Throws `cycle`, with its jobs named in order, when jobs of one batch wait for each other. */
export function refuseCycles(jobs: readonly JobSpec[]): void {
  if (jobs.every((job) => job.dependencies.length === 0)) return;
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const done = new Set<JobSpec>();
  for (const job of jobs) {
    if (!done.has(job)) walk(job, byId, done);
  }
}

/** Depth first, with a stack of its own: a chain may be longer than the call stack is deep. */
function walk(root: JobSpec, byId: Map<string, JobSpec>, done: Set<JobSpec>): void {
  const path: { job: JobSpec; next: number }[] = [{ job: root, next: 0 }];
  const onPath = new Set([root]);
  while (path.length > 0) {
    const top = path[path.length - 1]!;
    const parentId = top.job.dependencies[top.next++];
    if (parentId === undefined) {
      path.pop();
      onPath.delete(top.job);
      done.add(top.job);
      continue;
    }
    const parent = byId.get(parentId);
    if (parent === undefined || done.has(parent)) continue;
    if (onPath.has(parent))
      throw cycleError(
        path.map((step) => step.job),
        parent,
      );
    onPath.add(parent);
    path.push({ job: parent, next: 0 });
  }
}

function cycleError(path: readonly JobSpec[], again: JobSpec): GigqError {
  const names = [...path.slice(path.indexOf(again)), again].map((job) => job.name);
  return new GigqError("cycle", `jobs wait for each other: ${names.join(" → ")}`, {
    hint: "Take one of these dependencies away",
  });
}
