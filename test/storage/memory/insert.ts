import { GigqError, type JobSpec, refuseCycles } from "../../../src/index.js";
import { cancelNewOrphans } from "./family.js";
import type { Contents } from "./kept.js";

/** Everything is looked at before anything is kept. */
export function insert(contents: Contents, jobs: readonly JobSpec[], now: number): number[] {
  refuseCycles(jobs);
  refuseTwins(contents, jobs);
  refuseUnknownParents(contents, jobs);
  const added = jobs.map((job) => contents.add(job, now));
  cancelNewOrphans(contents, added, now);
  return added.map(({ record }) => record.seq);
}

function refuseTwins(contents: Contents, jobs: readonly JobSpec[]): void {
  const ids = new Set<string>();
  for (const { id, name } of jobs) {
    if (ids.has(id) || contents.byId(id) !== undefined) {
      throw new GigqError("usage", `${name} has been submitted already, as ${id}`, {
        hint: "Make a new Job for each submit",
      });
    }
    ids.add(id);
  }
}

function refuseUnknownParents(contents: Contents, jobs: readonly JobSpec[]): void {
  const ids = new Set(jobs.map((job) => job.id));
  for (const { name, dependencies } of jobs) {
    const unknown = dependencies.find((id) => !ids.has(id) && contents.byId(id) === undefined);
    if (unknown === undefined) continue;
    throw new GigqError(
      "unknown-parent",
      `${name} depends on ${unknown}, and there is no such job`,
      {
        hint: "Submit the parent first, or name another",
      },
    );
  }
}
