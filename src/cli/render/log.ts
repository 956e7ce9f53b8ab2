import { isUtf8 } from "node:buffer";
import type { LogEntry, LogGap, LogLine } from "../../index.js";
import { plain, plainJson } from "./plain.js";
import type { Theme } from "./theme.js";
import { renderClock, renderCount } from "./time.js";

/** One line of a log for people: when, a mark if it came from stderr, and what. */
export function renderLogEntry(entry: LogEntry, theme: Theme): string {
  if ("omitted" in entry) return `${theme.dim(renderGap(entry))}\n`;
  const text = theme.width === undefined ? entry.text : plain(entry.text).replaceAll("\t", "    ");
  const mark = entry.stream === "stderr" ? theme.bad("!") : " ";
  return `${theme.dim(renderTime(entry))} ${mark} ${text}`.trimEnd().concat("\n");
}

/** The place where something was left out. */
export function renderGap({ omitted }: LogGap): string {
  return `… ${renderCount(omitted)} ${omitted === 1 ? "byte" : "bytes"} left out …`;
}

/** The same as one JSON object a line. */
export function renderLogEntryJson(entry: LogEntry): string {
  return `${plainJson(jsonOfLogEntry(entry))}\n`;
}

/** The same as JSON can hold it: what is no UTF-8 as `base64` in the place of `text`. */
export function jsonOfLogEntry(entry: LogEntry): object {
  if ("omitted" in entry) return { attempt: entry.attempt, omitted: entry.omitted };
  const { at, attempt, stream, bytes, text } = entry;
  const what = isUtf8(bytes) ? { text } : { base64: bytes.toString("base64") };
  return { at, attempt, stream, ...what };
}

/** Local time of day, to the millisecond. */
function renderTime({ at }: LogLine): string {
  const ms = Date.parse(at);
  return `${renderClock(ms)}.${String(ms % 1000).padStart(3, "0")}`;
}
