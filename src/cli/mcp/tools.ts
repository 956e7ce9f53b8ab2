import { cancelJob, requeueJob } from "./change-tools.js";
import { jobLogs, jobResult, jobStatus, listJobs, queueStats } from "./look-tools.js";
import { submitJob, submitWorkflow } from "./submit-tools.js";
import type { Tool } from "./tool.js";

/** All tools, in the order in which a client shows them. */
export const TOOLS: readonly Tool[] = [
  submitJob,
  submitWorkflow,
  jobStatus,
  jobResult,
  jobLogs,
  listJobs,
  queueStats,
  cancelJob,
  requeueJob,
];
