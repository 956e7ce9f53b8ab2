import type { Job, Workflow } from "../../index.js";
import { displayWidth } from "./display-width.js";
import { renderFunction } from "./job.js";
import { plainLine } from "./plain.js";
import type { Theme } from "./theme.js";
import { renderCount } from "./time.js";

/** The steps in an order in which they could run, each with its function and what it comes after. */
export function renderWorkflow(workflow: Workflow, theme: Theme, cwd: string): string {
  const jobs = inOrder(workflow.jobs);
  const names = new Map(jobs.map((job) => [job.id, plainLine(job.name)]));
  const rows = jobs.map((job) => [
    names.get(job.id)!,
    renderFunction(job.function, cwd),
    job.dependencies.map((id) => names.get(id) ?? id).join(", "),
  ]);
  const width = (column: number) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[column]!)), 0);
  const [nameWidth, functionWidth] = [width(0), width(1)];
  const steps = `${renderCount(jobs.length)} ${jobs.length === 1 ? "step" : "steps"}`;
  return [
    `${theme.bold(plainLine(workflow.name))}: ${steps}, nothing submitted`,
    ...rows.map(([name, address, parents]) =>
      [
        `  ${padded(name!, nameWidth)}`,
        theme.dim(padded(address!, functionWidth)),
        parents && `after ${parents}`,
      ]
        .join("  ")
        .trimEnd(),
    ),
  ].join("\n");
}

function padded(text: string, width: number): string {
  return text + " ".repeat(width - displayWidth(text));
}

/** Parents first, else in the order of the file. The workflow has been checked for cycles. */
function inOrder(jobs: readonly Job[]): Job[] {
  const left = new Map(jobs.map((job) => [job.id, job]));
  const ordered: Job[] = [];
  while (left.size > 0) {
    for (const [id, job] of left) {
      if (job.dependencies.some((parent) => left.has(parent))) continue;
      ordered.push(job);
      left.delete(id);
    }
  }
  return ordered;
}
