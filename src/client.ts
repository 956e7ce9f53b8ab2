/*
 * The part of the public API that needs no worker and no task. A command that only puts jobs in or
 * asks about them loads this, and not half of the library with it: see "Start-up" in docs/design.md.
 */
export { type ErrorCode, GigqError } from "./errors.js";
export { Job, type JobOptions } from "./job/job.js";
export { JobStatus } from "./job/lifecycle.js";
export { JobQueue } from "./queue/job-queue.js";
export { locateFunction } from "./queue/locate-function.js";
