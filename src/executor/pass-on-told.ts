import type { Told } from "./child/telling.js";
import type { Attempt, ExecutorEvents } from "./executor.js";
import type { Report } from "./messages.js";
import type { RunnerEvents } from "./runner.js";

export function isTold(report: Report): report is Extract<Report, Told> {
  return report.type === "log" || report.type === "progress";
}

/** Finds whose it is that a child says, and passes it on. */
export function passOnSaid(
  events: ExecutorEvents,
  attemptOf: (n: number) => Attempt | undefined,
): Pick<RunnerEvents, "output" | "told"> {
  return {
    output: (stream, bytes, n) => events.output(stream, bytes, attemptOf(n)),
    told: (told, n) => passOnTold(told, attemptOf(n), events),
  };
}

/** Passes on what a function has told, if the attempt is not over. */
export function passOnTold(
  told: Told,
  attempt: Attempt | undefined,
  events: Pick<ExecutorEvents, "output" | "progress">,
): void {
  if (attempt === undefined) return;
  if (told.type === "log") {
    events.output("log", Buffer.from(`${told.text}\n`), attempt);
    return;
  }
  const { done, total, message } = told;
  events.progress(attempt, { done, total, message });
}
