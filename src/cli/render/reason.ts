import type { Ancestor, Decliner, Explanation, NamedJob, Reason } from "../../index.js";
import { renderName, renderStanding } from "./job-line.js";
import { firstLine, plainLine } from "./plain.js";
import type { Theme } from "./theme.js";
import { renderAgo, renderCount, renderDuration, renderMoment } from "./time.js";

/** Of workers that do not take a job, so many are told of. */
const MOST_DECLINERS = 5;

/** What a job is doing, or each reason why it is not running, and what to do about it. */
export function renderExplanation(
  { job, reasons }: Explanation,
  theme: Theme,
  nowMs: number,
): string {
  const standing = theme.status[job.status](renderStanding(job, nowMs));
  const lines = [`${theme.bold(renderName(job))}  ${standing}`];
  lines.push(...reasons.map((reason) => `  ${renderReason(reason, job, nowMs)}`));
  const next = new Set(reasons.flatMap((reason) => remedyOf(reason, job) ?? []));
  if (next.size > 0) lines.push(theme.dim(`  next: ${[...next].join(" · ")}`));
  return lines.join("\n");
}

/** A reason as a sentence about the job. */
function renderReason(reason: Reason, job: NamedJob, nowMs: number): string {
  switch (reason.type) {
    case "running": {
      const { slot, since, attempt, maxAttempts } = reason;
      const ran = renderDuration(nowMs - Date.parse(since));
      return `runs on ${plainLine(slot)} since ${renderMoment(since)} (${ran}), attempt ${attempt} of ${maxAttempts}`;
    }
    case "next-in-slot":
      return `was handed to ${plainLine(reason.slot)}, which has ${jobs(reason.before)} to run first`;
    case "worker-dead":
      return `its worker ${plainLine(reason.workerId)} on ${plainLine(reason.host)} is dead; the next worker takes it over`;
    case "being-killed":
      return `somebody asked for it to be killed, and its worker ${plainLine(reason.workerId)} is about to do so`;
    case "completed":
      return `completed ${renderAgo(reason.at, nowMs)}`;
    case "ended":
      return renderEnded(reason, job, nowMs);
    case "parent":
      return renderWay(reason.way, reason.requeue, nowMs);
    case "more-parents":
      return `waits for ${renderCount(reason.count)} more ${reason.count === 1 ? "parent" : "parents"}`;
    case "delayed": {
      const { until, cause } = reason;
      const when = `${renderMoment(until)} (${renderAgo(until, nowMs)})`;
      return cause === "retry"
        ? `is tried again at ${when}, after an attempt that did not complete`
        : `was submitted to run at ${when}, and not before`;
    }
    case "attempt-failed":
      return `attempt ${reason.attempts} of ${reason.maxAttempts} did not complete: ${firstLine(reason.error)}`;
    case "load-failed":
      return `its module ${plainLine(reason.module)} could not be loaded: ${firstLine(reason.error)}`;
    case "behind":
      return renderBehind(reason);
    case "no-worker":
      return "no worker is alive on this queue";
    case "not-taken":
      return renderDecliners(reason.workers);
    case "all-busy": {
      const { slots, workers } = reason;
      const of = workers === 1 ? "the worker" : `the ${renderCount(workers)} workers`;
      return slots === 1
        ? `the only slot of ${of} is busy`
        : `all ${renderCount(slots)} slots of ${of} are busy`;
    }
    case "about-to-start":
      return "is ready, and a worker is free: it is about to start";
  }
}

function renderEnded(
  { status, at, attempts, error, requeue }: Reason & { type: "ended" },
  job: NamedJob,
  nowMs: number,
): string {
  const how = { failed: "failed", timeout: "timed out", cancelled: "was cancelled" }[status];
  const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  const after = status === "cancelled" ? "" : `, after ${tries}`;
  const why = error === null ? "" : `: ${firstLine(error)}`;
  const back =
    requeue.seq !== job.seq ? `; it comes back when ${renderName(requeue)} is requeued` : "";
  return `${how} ${renderAgo(at, nowMs)}${after}${why}${back}`;
}

/** What is between the parent and the last of the way is only counted. */
function renderWay(way: readonly Ancestor[], requeue: NamedJob | null, nowMs: number): string {
  const [first, last] = [way[0]!, way.at(-1)!];
  const between = way.length - 2;
  const through = between > 0 ? `, through ${renderCount(between)} more,` : "";
  const from = way.length === 1 ? "" : `${renderName(first)}, which waits${through} for `;
  const end = `waits for ${from}${renderName(last)}, which ${stateOf(last, nowMs)}`;
  if (requeue === null) return end;
  const what = requeue.seq === last.seq ? "that" : renderName(requeue);
  return `${end}: it can never run unless ${what} is requeued`;
}

function stateOf({ status, runAt }: Ancestor, nowMs: number): string {
  switch (status) {
    case "failed":
      return "failed";
    case "timeout":
      return "timed out";
    case "cancelled":
      return "was cancelled";
    case "pending":
      return runAt === null ? "is ready" : `is due ${renderAgo(runAt, nowMs)}`;
    case "running":
    case "completed":
      return status === "running" ? "is running" : "completed";
  }
}

function renderBehind({ higher, earlier, atLeast }: Reason & { type: "behind" }): string {
  const parts = [
    higher > 0 ? `${jobs(higher)} of higher priority` : "",
    earlier > 0 ? `${jobs(earlier)} submitted earlier` : "",
  ].filter((part) => part !== "");
  const least = atLeast ? "at least " : "";
  const come = higher + earlier === 1 ? "comes" : "come";
  return `${least}${parts.join(" and ")} ${come} first`;
}

function renderDecliners(workers: readonly Decliner[]): string {
  const told = workers.slice(0, MOST_DECLINERS).map(({ workerId, minPriority, names }) => {
    const priority = minPriority === null ? "" : `priority ${minPriority} or higher`;
    const called = names === null ? "" : `the name ${names.map(plainLine).join(", ")}`;
    const what = [priority, called].filter((part) => part !== "").join(" and ");
    return `${plainLine(workerId)} takes only jobs with ${what}`;
  });
  const more = workers.length - told.length;
  const list = told.join("; ") + (more > 0 ? `; and ${renderCount(more)} more` : "");
  const none = workers.length === 1 ? "the worker does not take it" : "no worker takes it";
  return `${none}: ${list}`;
}

/** What to do about it, as a command. */
function remedyOf(reason: Reason, job: NamedJob): string | undefined {
  switch (reason.type) {
    case "ended":
      return `gigq requeue ${reason.requeue.seq}`;
    case "parent":
      return reason.requeue === null ? undefined : `gigq requeue ${reason.requeue.seq}`;
    case "no-worker":
    case "not-taken":
      return "gigq worker";
    case "running":
    case "attempt-failed":
      return `gigq logs ${job.seq}`;
    default:
      return undefined;
  }
}

function jobs(count: number): string {
  return count === 1 ? "1 job" : `${renderCount(count)} jobs`;
}
