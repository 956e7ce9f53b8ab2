import type { JobSummary } from "../index.js";

/** Why a job was not given another go, and what to do instead. */
export function whyNotRequeued(job: JobSummary): { message: string; hint: string } {
  if (job.status === "cancelled") {
    return {
      message: `cannot run again before its parent does: ${job.error ?? ""}`,
      hint: "Requeue the parent: that restores this job too",
    };
  }
  return {
    message: `is ${job.status}`,
    hint: "Only failed, timed out and cancelled jobs can be requeued",
  };
}
