import type { JobSummary } from "../../index.js";
import { firstLine, plainLine } from "./plain.js";
import type { Theme } from "./theme.js";
import { renderAgo, renderCount, renderDuration } from "./time.js";

/** `resize #42`: how a job is called in a sentence. */
export function renderName(job: { name: string; seq: number }): string {
  return `${plainLine(job.name)} #${job.seq}`;
}

/** `failed after 3 attempts`, in words that fit behind a job's name. */
export function renderStanding(job: JobSummary, nowMs: number): string {
  const tries = job.attempts === 1 ? "1 attempt" : `${job.attempts} attempts`;
  switch (job.status) {
    case "completed":
      return job.startedAt === null
        ? "completed"
        : `completed in ${renderDuration(Date.parse(job.completedAt!) - Date.parse(job.startedAt))}`;
    case "failed":
      return `failed after ${tries}`;
    case "timeout":
      return `timed out after ${tries}`;
    case "running":
      return `running, attempt ${job.attempts} of ${job.maxAttempts}`;
    case "pending":
      return renderPending(job, nowMs);
    case "cancelled":
      return "cancelled";
  }
}

/** What a pending job waits for. */
function renderPending(job: JobSummary, nowMs: number): string {
  const parents = job.waitingOn === 1 ? "1 parent" : `${job.waitingOn} parents`;
  if (job.waitingOn > 0) return `pending, waits for ${parents}`;
  if (job.runAt !== null) return `pending, due ${renderAgo(job.runAt, nowMs)}`;
  return "pending";
}

/** One line about a job that is over. */
export function renderEnd(job: JobSummary, theme: Theme): string {
  const error = job.error === null ? "" : `: ${firstLine(job.error)}`;
  const standing = theme.status[job.status](renderStanding(job, 0));
  return `${renderName(job)} ${standing}${error}`;
}

/** What a spinner says while jobs are waited for. */
export function renderProgress(
  unfinished: readonly JobSummary[],
  total: number,
  nowMs: number,
): string {
  if (total > 1) {
    return `${renderCount(total - unfinished.length)} of ${renderCount(total)} jobs are over`;
  }
  const job = unfinished[0]!;
  const running = job.status === "running" && job.startedAt !== null;
  const since = running ? ` ${renderDuration(nowMs - Date.parse(job.startedAt!))}` : "";
  return `${renderName(job)}  ${running ? "running" : renderPending(job, nowMs)}${since}`;
}
