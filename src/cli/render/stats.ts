import { JobStatus } from "../../client.js";
import type { Stats } from "../../index.js";
import type { Theme } from "./theme.js";
import { renderCount } from "./time.js";

/** A line for each status. */
export function renderStats(stats: Stats, theme: Theme): string {
  const width = renderCount(stats.total).length;
  const line = (label: string, count: number, paint: (text: string) => string, note = "") =>
    `${paint(label.padEnd(9))}  ${renderCount(count).padStart(width)}${note}`;
  const waiting = [
    stats.delayed > 0 ? `${renderCount(stats.delayed)} delayed` : "",
    stats.blocked > 0 ? `${renderCount(stats.blocked)} waiting for parents` : "",
  ].filter((part) => part !== "");
  const note = waiting.length > 0 ? `  ${theme.dim(`(${waiting.join(", ")})`)}` : "";
  return [
    ...Object.values(JobStatus).map((status) =>
      line(status, stats[status], theme.status[status], status === "pending" ? note : ""),
    ),
    line("total", stats.total, theme.bold),
  ].join("\n");
}

/** The statuses that there are, in one line. */
export function renderCounts(stats: Stats): string {
  return Object.values(JobStatus)
    .filter((status) => stats[status] > 0)
    .map((status) => `${status} ${renderCount(stats[status])}`)
    .join(" · ");
}
