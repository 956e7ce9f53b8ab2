export type { Clock } from "./clock.js";
export { type ErrorCode, GigqError } from "./errors.js";
export type { AsJson, Json } from "./job/as-json.js";
export type { Isolation } from "./job/isolation.js";
export {
  type Backoff,
  Job,
  type JobOptions,
  type JobRecord,
  type JobRules,
  type JobSpec,
  type Lease,
  type OnParentFailure,
  type ParentResult,
} from "./job/job.js";
export type { JobContext, JobFunction } from "./job/job-context.js";
export { type JobFilter, passesFilter } from "./job/job-filter.js";
export {
  cancelInsteadOfRetry,
  downstreamReason,
  isFinished,
  JobStatus,
  onParentEnd,
  orphanReason,
  type ParentVerdict,
  type Settled,
  type Settlement,
  TRANSITIONS,
  type Transition,
  type TransitionName,
} from "./job/lifecycle.js";
export type { AttemptStatus } from "./job/outcome.js";
export type { Progress } from "./job/progress.js";
export type { InputOf, OutputOf, Schema, SchemaAnswer, SchemaIssue } from "./job/schema.js";
export type { CancelOptions, ChangeResult } from "./queue/change-jobs.js";
export type { Cleared, ClearOptions } from "./queue/clear.js";
export type { JobFamily } from "./queue/family.js";
export type { Execution, JobInfo, JobSummary, NoJob } from "./queue/job-info.js";
export { JobQueue, type JobQueueOptions } from "./queue/job-queue.js";
export type { ListOptions } from "./queue/list-jobs.js";
export type { JobInHand, WorkerInfo } from "./queue/list-workers.js";
export { locateFunction } from "./queue/locate-function.js";
export type { LogEntry, LogGap, LogLine, ReadLogsOptions } from "./queue/read-logs.js";
export type { Ancestor, Decliner, Explanation, NamedJob, Reason } from "./queue/reason.js";
export type { Stats } from "./queue/stats.js";
export {
  type JobId,
  type ParamsOf,
  type Task,
  type TaskArguments,
  type TaskMethods,
  type TaskOptions,
  task,
} from "./queue/task.js";
export type { WaitOptions } from "./queue/wait-for.js";
export {
  type StepOptions,
  type TaskStepArguments,
  type TaskStepOptions,
  Workflow,
} from "./queue/workflow.js";
export { closeConnections } from "./storage/connections.js";
export type { Ahead, Counts } from "./storage/counts.js";
export type { ListQuery } from "./storage/list-query.js";
export type { LogPiece, LogQuery, LogStream, Writing } from "./storage/log.js";
export { refuseCycles } from "./storage/order.js";
export type { Removed, RemoveQuery } from "./storage/removal.js";
export type {
  Advanced,
  AdvanceStep,
  AttemptInHand,
  AttemptRecord,
  Change,
  ChangeVerb,
  Claim,
  ClaimedJob,
  JobRef,
  Storage,
  WorkerRecord,
} from "./storage/storage.js";
export type { Swept } from "./storage/sweep.js";
export type { Backup, BackupOptions, Shrunk, Upkeep } from "./storage/upkeep.js";
export type { WorkerOptions } from "./worker/check-worker.js";
export { Worker } from "./worker/worker.js";
export type { AttemptInfo, Tally, WorkerEvent } from "./worker/worker-event.js";
