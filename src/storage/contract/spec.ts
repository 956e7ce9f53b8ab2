import { newId } from "../../clock.js";
import type { JobSpec } from "../../job/job.js";

/**
 * A job as storage takes it. What a test leaves out is as plain as can be; one attempt only, so
 * that a failure is the end of it.
 */
export function spec(said: Partial<JobSpec> = {}): JobSpec {
  return {
    id: newId(),
    name: "job",
    function: "/app/jobs.js#run",
    params: "{}",
    description: "",
    priority: 0,
    maxAttempts: 1,
    timeoutMs: 300_000,
    retryDelayMs: 0,
    backoff: "fixed",
    onParentFailure: "cancel",
    passParentResults: null,
    dependencies: [],
    runAt: null,
    ...said,
  };
}
