import type { WorkerEvent } from "../../index.js";
import { renderFilter } from "./job-filter.js";
import { firstLine, plain, plainJson, plainLine } from "./plain.js";
import type { Theme } from "./theme.js";
import { renderClock, renderCount, renderDuration } from "./time.js";

/** A worker's event as a line for people; among others, a worker gives its name. */
export function renderEvent(
  event: WorkerEvent,
  theme: Theme,
  nowMs: number,
  isAmongOthers = false,
): string {
  if (event.type === "output") return theme.width === undefined ? event.text : plain(event.text);
  const name = isAmongOthers && OF_ALL.includes(event.type) ? `${event.workerId} ` : "";
  return `${theme.dim(renderClock(nowMs))}  ${name}${words(event, theme, nowMs)}\n`;
}

/** What a worker tells of itself, rather than of a job. */
const OF_ALL: readonly WorkerEvent["type"][] = ["trouble", "stopping", "stopped", "cleared"];

function words(
  event: Exclude<WorkerEvent, { type: "output" }>,
  theme: Theme,
  nowMs: number,
): string {
  switch (event.type) {
    case "started": {
      const how = { process: "child processes", thread: "threads", inline: "its own event loop" };
      const { workerId, location, concurrency, isolation } = event;
      const filter = renderFilter(event);
      return `worker ${workerId} on ${location} · ${concurrency} at a time · ${how[isolation]}${filter && ` · only ${filter}`}`;
    }
    case "begun":
      return `${jobOf(event)}  started    try ${event.attempt}/${event.maxAttempts}  ${event.workerId}`;
    case "ended":
      return `${jobOf(event)}  ${endOf(event, theme, nowMs)}`;
    case "released":
      return `${jobOf(event)}  given back`;
    case "lost":
      return `${jobOf(event)}  ${lossOf(event, theme, nowMs)}`;
    case "remains":
      return `${theme.bad("waiting")}: worker ${event.workerId} on ${event.host} is dead, and its jobs still run where they cannot be ended from here`;
    case "stale":
      return `${jobOf(event)}  ${theme.bad("stale")}      not this worker's any more; its outcome is not written`;
    case "unwritten": {
      const how = event.outcome === "released" ? "was stopped" : `ended as ${event.outcome}`;
      return `${jobOf(event)}  ${theme.bad("unwritten")}  try ${event.attempt} ${how}, and that could not be stored`;
    }
    case "cleared":
      return `cleared ${renderCount(event.jobs)} ${event.jobs === 1 ? "job" : "jobs"} that ended long ago`;
    case "trouble":
      return `${theme.bad("trouble")}: ${plainLine(event.error.message)} · trying again`;
    case "stopping": {
      const jobs = event.running === 1 ? "1 job" : `${event.running} jobs`;
      return `stopping: ${jobs} still running, up to ${renderDuration(event.withinMs)} (again to stop now)`;
    }
    case "stopped":
      return `stopped: ${event.completed} done, ${event.failed} failed, ${event.released} given back`;
  }
}

function endOf(event: WorkerEvent & { type: "ended" }, theme: Theme, nowMs: number): string {
  const word = event.outcome === "completed" ? "done" : event.outcome;
  const paint = theme.status[event.outcome === "lost" ? "failed" : event.outcome];
  const parts = [`${paint(word.padEnd(9))}  ${renderDuration(event.durationMs)}`];
  if (event.error !== null) parts.push(firstLine(event.error));
  return parts.join("  ") + againOf(event, nowMs);
}

function lossOf(event: WorkerEvent & { type: "lost" }, theme: Theme, nowMs: number): string {
  return `${theme.bad("lost".padEnd(9))}  ${firstLine(event.error ?? "")}${againOf(event, nowMs)}`;
}

function againOf(event: { status: string; runAt: number | null }, nowMs: number): string {
  if (event.status !== "pending") return "";
  return event.runAt === null
    ? " · again now"
    : ` · again in ${renderDuration(event.runAt - nowMs)}`;
}

function jobOf(event: { seq: number; name: string }): string {
  return `#${event.seq} ${plainLine(event.name).padEnd(10)}`;
}

/** The same as one JSON object a line. */
export function renderEventJson(event: WorkerEvent, nowMs: number): string {
  const time = new Date(nowMs).toISOString();
  if (event.type !== "trouble") return `${plainJson({ time, ...event })}\n`;
  const { type, workerId, error } = event;
  const { code, message, hint } = error;
  return `${plainJson({ time, type, workerId, error: { code, message, hint } })}\n`;
}

/** Something that is no event of one worker, in the form of the log that it stands in. */
export function renderNote(
  { type, text, details }: { type: string; text: string; details: object },
  form: Theme | "json",
  nowMs: number,
): string {
  if (form === "json") {
    return `${plainJson({ time: new Date(nowMs).toISOString(), type, ...details, message: text })}\n`;
  }
  return `${form.dim(renderClock(nowMs))}  ${plainLine(text)}\n`;
}

/** A warning that is no event, in the form of the log that it stands in. */
export function renderWarning(text: string, form: Theme | "json", nowMs: number): string {
  if (form === "json") {
    return `${plainJson({ time: new Date(nowMs).toISOString(), type: "warning", message: text })}\n`;
  }
  return `${form.dim(renderClock(nowMs))}  ${form.bad("warning")}: ${plainLine(text)}\n`;
}
