import type { JobInfo } from "../../../src/index.js";

/** When it is in these tests. */
export const NOW_MS: number = Date.parse("2026-11-22T10:00:00Z");

/** A moment so many seconds ago. */
export function ago(seconds: number): string {
  return new Date(NOW_MS - seconds * 1000).toISOString();
}

/** A job that was submitted a minute ago, but for what is said of it. */
export function aJob(given: Partial<JobInfo> = {}): JobInfo {
  return {
    exists: true,
    id: "0193a1e0-55aa-7c11-8d07-90cfe2c6b0aa",
    seq: 41,
    name: "import",
    function: "/srv/app/jobs.ts#importCsv",
    status: "pending",
    params: { file: "data/2026-11.csv" },
    result: null,
    error: null,
    priority: 0,
    attempts: 0,
    maxAttempts: 3,
    timeout: 300,
    retryDelay: 0,
    backoff: "fixed",
    onParentFailure: "cancel",
    dependencies: [],
    waitingOn: 0,
    description: "",
    createdAt: ago(60),
    updatedAt: ago(60),
    runAt: null,
    startedAt: null,
    completedAt: null,
    progress: null,
    workerId: null,
    executions: [],
    ...given,
  };
}
