import { GigqError } from "../errors.js";
import { JOB_STATUSES, type JobStatus } from "../job/lifecycle.js";

/** The statuses that a program names, one or several. Throws `usage` for what is none. */
export function statusesOf(
  given: JobStatus | readonly JobStatus[] | undefined,
): readonly JobStatus[] | undefined {
  const statuses = typeof given === "string" ? [given] : given;
  const unknown = statuses?.find((status) => !JOB_STATUSES.includes(status));
  if (unknown === undefined) return statuses;
  throw new GigqError("usage", `there is no status "${unknown}"`, {
    hint: `Choose among: ${JOB_STATUSES.join(", ")}`,
  });
}
