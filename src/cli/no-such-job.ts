import { GigqError } from "./../index.js";

/** The error for jobs that were named and are not there. */
export function noSuchJob(named: readonly string[]): GigqError {
  const jobs = named.map((text) => (/^\d+$/.test(text) ? `#${text}` : text)).join(", ");
  return new GigqError("unknown-job", `there is no job ${jobs}`, {
    hint: "gigq list shows the jobs there are",
  });
}
