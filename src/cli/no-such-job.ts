import { GigqError, type JobRef } from "../index.js";

/** The error for jobs that were named and are not there. */
export function noSuchJob(refs: readonly JobRef[]): GigqError {
  const jobs = refs.map((ref) => (typeof ref === "number" ? `#${ref}` : ref)).join(", ");
  return new GigqError("unknown-job", `there is no job ${jobs}`, {
    hint: "gigq list shows the jobs there are",
  });
}
