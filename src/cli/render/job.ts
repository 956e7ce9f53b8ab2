import { relative } from "node:path";
import type { Execution, JobInfo } from "../../index.js";
import { renderName, renderStanding } from "./job-line.js";
import { firstLine, plain, plainLine } from "./plain.js";
import { renderProgressOf } from "./progress.js";
import { renderColumns } from "./table.js";
import type { Theme } from "./theme.js";
import { renderAgo, renderClock, renderDuration, renderMoment, renderSeconds } from "./time.js";

/** What is to be shown in full. */
export interface Detail {
  readonly showParams?: boolean;
  readonly showResult?: boolean;
  readonly showExecutions?: boolean;
}

interface View {
  readonly theme: Theme;
  readonly nowMs: number;
  readonly cwd: string;
}

/** JSON that is not asked for in full is cut to this many characters, where there is no line to fit. */
const SHORT_JSON = 200;

/** Everything about one job, laid out to be read. */
export function renderJob(job: JobInfo, detail: Detail, view: View): string {
  const { theme, nowMs } = view;
  const standing = theme.status[job.status](renderStanding(job, nowMs));
  const facts = factsOf(job, detail, view).map(
    ([label, text]) =>
      `  ${theme.dim(label.padEnd(9))} ${text.replaceAll("\n", `\n${" ".repeat(12)}`)}`,
  );
  const parts = [`${theme.bold(renderName(job))}  ${standing}`, ...facts];
  if (job.executions.length > 0) parts.push("", renderExecutions(job.executions, detail, view));
  const next = renderNext(job);
  if (next !== "") parts.push(theme.dim(`  next: ${next}`));
  return parts.join("\n");
}

function factsOf(job: JobInfo, detail: Detail, view: View): [label: string, text: string][] {
  const facts: [string, string | undefined][] = [
    ["id", job.id],
    ["function", renderFunction(job.function, view.cwd)],
    ["about", job.description === "" ? undefined : plain(job.description)],
    ["params", renderJson(job.params, detail.showParams, view.theme)],
    [
      "result",
      job.status === "completed"
        ? renderJson(job.result, detail.showResult, view.theme)
        : undefined,
    ],
    ["error", job.error === null || job.executions.length > 0 ? undefined : plain(job.error)],
    ["progress", renderProgress(job)],
    ["created", renderTimes(job, view.nowMs)],
    ["rules", renderRules(job)],
    ["after", job.dependencies.length > 0 ? job.dependencies.join(", ") : undefined],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

/** Relative to where the reader stands, when it is not far away. */
export function renderFunction(address: string, cwd: string): string {
  if (!address.startsWith("/")) return plainLine(address);
  const near = relative(cwd, address);
  return plainLine(near.startsWith("../..") ? address : near.startsWith("..") ? near : `./${near}`);
}

function renderJson(value: unknown, full: boolean | undefined, theme: Theme): string {
  if (full) return plain(JSON.stringify(value, undefined, 2));
  const json = plainLine(JSON.stringify(value));
  const room = theme.width === undefined ? SHORT_JSON : theme.width - 13;
  return json.length > room ? `${json.slice(0, room - 1)}…` : json;
}

/** Of a job that has completed it says nothing new. */
function renderProgress({ status, progress }: JobInfo): string | undefined {
  const isNews = progress !== null && status !== "pending" && status !== "completed";
  return isNews ? renderProgressOf(progress) : undefined;
}

function renderTimes(job: JobInfo, nowMs: number): string {
  const parts = [`${renderMoment(job.createdAt)} (${renderAgo(job.createdAt, nowMs)})`];
  if (job.runAt !== null) parts.push(`due ${renderMoment(job.runAt)}`);
  if (job.completedAt !== null) parts.push(`finished ${renderMoment(job.completedAt)}`);
  return parts.join(" · ");
}

function renderRules(job: JobInfo): string {
  const retry = `retry after ${renderSeconds(job.retryDelay)}${job.backoff === "exponential" ? ", doubling" : ""}`;
  return [
    job.maxAttempts === 1 ? "1 attempt" : `${job.maxAttempts} attempts`,
    job.timeout === null ? "no timeout" : `timeout ${renderSeconds(job.timeout)}`,
    job.retryDelay > 0 || job.backoff === "exponential" ? retry : "",
    job.priority === 0 ? "" : `priority ${job.priority}`,
    job.onParentFailure === "cancel" ? "" : `${job.onParentFailure} when a parent fails`,
  ]
    .filter((rule) => rule !== "")
    .join(" · ");
}

const COLUMNS = [
  { head: "TRY", align: "right" },
  { head: "STATUS" },
  { head: "STARTED" },
  { head: "TOOK", align: "right" },
  { head: "WORKER" },
  { head: "", shrinks: true },
] as const;

function renderExecutions(all: readonly Execution[], detail: Detail, view: View): string {
  const { theme, nowMs } = view;
  const rows = all.map((run) => [
    String(run.attempt),
    run.status === "lost" ? "lost" : theme.status[run.status](run.status),
    renderClock(Date.parse(run.startedAt)),
    renderDuration(
      (run.completedAt === null ? nowMs : Date.parse(run.completedAt)) - Date.parse(run.startedAt),
    ),
    plainLine(run.workerId),
    run.error === null ? "" : firstLine(run.error),
  ]);
  const width = theme.width === undefined ? undefined : theme.width - 2;
  const table = indent(renderColumns(COLUMNS, rows, width, theme.dim), 2);
  const failed = all.filter((run) => run.error?.includes("\n"));
  const shown = detail.showExecutions ? failed : failed.slice(-1);
  const errors = shown.map((run) => {
    const heading = detail.showExecutions ? `attempt ${run.attempt}: ` : "";
    return indent(heading + plain(run.error!), 6);
  });
  return [table, ...errors].join("\n");
}

function renderNext(job: JobInfo): string {
  const { seq } = job;
  if (job.status === "pending") return `gigq wait ${seq} · gigq cancel ${seq}`;
  if (job.status === "running") return `gigq logs -f ${seq} · gigq cancel --force ${seq}`;
  if (job.status === "completed") return "";
  return job.executions.length > 0
    ? `gigq logs ${seq} · gigq requeue ${seq}`
    : `gigq requeue ${seq}`;
}

function indent(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(by));
}
