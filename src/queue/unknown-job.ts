import { GigqError } from "../errors.js";
import type { JobRef } from "../storage/storage.js";

/** The error for a job that was named and is not there. */
export function unknownJob(ref: JobRef): GigqError {
  return new GigqError(
    "unknown-job",
    `there is no job ${typeof ref === "number" ? `#${ref}` : ref}`,
    {
      hint: "gigq list shows the jobs there are",
    },
  );
}
