import type { WorkerInfo } from "../../index.js";
import { renderFilter } from "./job-filter.js";
import { plainLine } from "./plain.js";
import { renderColumns } from "./table.js";
import type { Theme } from "./theme.js";
import { renderCount, renderDuration } from "./time.js";

const COLUMNS = [
  { head: "WORKER", shrinks: true },
  { head: "STATE" },
  { head: "HOST", shrinks: true },
  { head: "PID", align: "right" },
  { head: "AGE", align: "right" },
  { head: "BUSY", align: "right" },
  { head: "ISOLATION" },
  { head: "TAKES", shrinks: true },
  { head: "JOBS", shrinks: true },
] as const;

/** Of what a worker has in hand, so many jobs are named. */
const MOST_JOBS = 4;

/** The workers as a table; on a terminal it fits the width. */
export function renderWorkers(workers: readonly WorkerInfo[], theme: Theme, nowMs: number): string {
  const rows = workers.map((worker) => [
    plainLine(worker.workerId),
    worker.state === "alive" ? worker.state : theme.bad(worker.state),
    plainLine(worker.host),
    String(worker.pid),
    renderDuration(nowMs - Date.parse(worker.startedAt)),
    `${new Set(worker.jobs.map(({ slot }) => slot)).size}/${worker.concurrency}`,
    worker.isolation,
    renderFilter(worker) || "all",
    renderJobs(worker.jobs),
  ]);
  return renderColumns(COLUMNS, rows, theme.width, theme.dim);
}

function renderJobs(jobs: WorkerInfo["jobs"]): string {
  const named = jobs.slice(0, MOST_JOBS).map(({ seq, name }) => `#${seq} ${plainLine(name)}`);
  const more = jobs.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${renderCount(more)} more` : "");
}
