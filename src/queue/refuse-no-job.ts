import type { Job } from "../job/job.js";
import { kindOf } from "../job/kind-of.js";
import { taskMarkOf } from "../job/task-mark.js";

/** Throws a `TypeError` for what cannot be submitted; a job of another copy of gigq can. */
export function refuseNoJob(given: unknown): void {
  const { id, prepare } = (given ?? {}) as Partial<Job>;
  if (typeof id === "string" && typeof prepare === "function") return;
  throw new TypeError(
    taskMarkOf(given) === undefined
      ? `submit was given ${kindOf(given)}, and no job. Make one: new Job({ function: "./jobs.ts#resize" })`
      : "submit was given a task, and no job. Write: resize.submit(queue, params), or submit(resize.toJob(params))",
  );
}
