import Database from "better-sqlite3";
import type { Blow, Journal } from "./journal.js";
import { readRecords } from "./records.js";
import { type Recovery, recoveriesOf } from "./recoveries.js";
import type { Trace } from "./trace.js";

export interface Figures {
  readonly kills: number;
  readonly blows: ReadonlyMap<Blow, number>;
  readonly acknowledged: number;
  /** Jobs of which everything is known, cleared or not, and attempts written down of them. */
  readonly jobs: number;
  readonly cleared: number;
  readonly attempts: number;
  readonly lost: number;
  /** Calls of functions, and lines that they wrote. */
  readonly runs: number;
  readonly lines: number;
  readonly recoveries: readonly Recovery[];
  readonly seconds: number;
}

export function figuresOf(path: string, journal: Journal, trace: Trace, seconds: number): Figures {
  const db = new Database(path, { readonly: true });
  try {
    const records = readRecords(db, journal, trace);
    const attempts = [...records.attemptsOf.values()].flat();
    return {
      kills: journal.kills,
      blows: journal.blows,
      acknowledged: journal.acknowledged.size,
      jobs: records.jobs.length,
      cleared: records.cleared,
      attempts: attempts.length,
      lost: attempts.filter(({ status }) => status === "lost").length,
      runs: trace.runs.length,
      lines: trace.lines,
      recoveries: recoveriesOf(records),
      seconds,
    };
  } finally {
    db.close();
  }
}

export function renderFigures(figures: Figures): string {
  const blows = [...figures.blows].map(([blow, count]) => `${blow} ${count}`).join(", ");
  const watched = figures.recoveries.filter((recovery) => recovery.isWatched);
  return [
    `${figures.kills} kills in ${Math.round(figures.seconds)} s (${blows})`,
    `${figures.acknowledged} jobs acknowledged; ${figures.jobs} seen to the end ` +
      `(${figures.cleared} of them cleared since): ${figures.attempts} attempts, ${figures.lost} lost`,
    `${figures.runs} runs have written ${figures.lines} lines`,
    `recovery after ${renderTimes(figures.recoveries)}`,
    `  with another worker alive throughout: ${renderTimes(watched)}`,
    `  slowest: ${renderSlowest(figures.recoveries)}`,
  ].join("\n");
}

function renderSlowest(recoveries: readonly Recovery[]): string {
  const slowest = [...recoveries].sort((a, b) => b.ms - a.ms).slice(0, 5);
  return slowest
    .map(({ worker, ms, isWatched }) => `${worker} ${ms} ms${isWatched ? "" : " (nobody there)"}`)
    .join(", ");
}

/** From the death of a worker until the last of its attempts was settled. */
function renderTimes(recoveries: readonly Recovery[]): string {
  const times = recoveries.map(({ ms }) => ms).sort((a, b) => a - b);
  if (times.length === 0) return "no worker's death";
  const at = (part: number) =>
    `${times[Math.min(times.length - 1, Math.floor(times.length * part))]} ms`;
  return (
    `${times.length} deaths of workers with jobs in hand: ` +
    `median ${at(0.5)}, p99 ${at(0.99)}, worst ${at(1)}`
  );
}
