import type { JobSummary } from "../../index.js";
import { firstLine, plainLine } from "./plain.js";
import { renderProgressOf } from "./progress.js";
import { renderColumns } from "./table.js";
import type { Theme } from "./theme.js";
import { renderAgo, renderDuration } from "./time.js";

const COLUMNS = [
  { head: "#", align: "right" },
  { head: "NAME", shrinks: true },
  { head: "STATUS" },
  { head: "TRY", align: "right" },
  { head: "AGE", align: "right" },
  { head: "TOOK", align: "right" },
  { head: "", shrinks: true },
] as const;

/** The jobs as a table; on a terminal it fits the width. */
export function renderTable(jobs: readonly JobSummary[], theme: Theme, nowMs: number): string {
  const rows = jobs.map((job) => [
    String(job.seq),
    plainLine(job.name),
    theme.status[job.status](job.status),
    job.attempts === 0 ? "" : `${job.attempts}/${job.maxAttempts}`,
    renderDuration(nowMs - Date.parse(job.createdAt)),
    renderTook(job, nowMs),
    renderRemark(job, nowMs),
  ]);
  return renderColumns(COLUMNS, rows, theme.width, theme.dim);
}

function renderTook(job: JobSummary, nowMs: number): string {
  // How long the latest attempt of a cancelled job took is not known here, only when it began.
  const untold = job.status === "pending" || job.status === "cancelled";
  if (job.startedAt === null || untold) return "";
  const end = job.completedAt === null ? nowMs : Date.parse(job.completedAt);
  return renderDuration(end - Date.parse(job.startedAt));
}

/** What a person wants to know besides: why it waits, or why it failed. */
function renderRemark(job: JobSummary, nowMs: number): string {
  if (job.status === "pending" && job.waitingOn > 0) {
    return `waits for ${job.waitingOn} ${job.waitingOn === 1 ? "parent" : "parents"}`;
  }
  if (job.status === "pending" && job.runAt !== null) {
    const due = `due ${renderAgo(job.runAt, nowMs)}`;
    return job.error === null ? due : `${due} after ${firstLine(job.error)}`;
  }
  if (job.status === "running" && job.progress !== null) return renderProgressOf(job.progress);
  return job.error === null ? "" : firstLine(job.error);
}
