import { GigqError } from "../errors.js";
import type { JobFilter } from "../job/job-filter.js";
import type { WorkerOptions } from "./check-worker.js";

/** A worker looks for each of its names at each claim. */
const MOST_NAMES = 100;

/** Longer than the name of any job. */
const LONGEST_NAME = 10_000;

/** Which jobs the worker takes; throws `usage` for a filter that lets none through by mistake. */
export function checkFilter({ minPriority, names }: WorkerOptions): JobFilter {
  return {
    minPriority: minPriority === undefined ? null : priorityOf(minPriority),
    names: names === undefined ? null : namesOf(names),
  };
}

function priorityOf(given: number): number {
  if (Number.isInteger(given) && given >= -(2 ** 31) && given < 2 ** 31) return given;
  throw wrong(
    `minPriority is ${given}`,
    "minPriority is a whole number from -2147483648 to 2147483647, as a priority is",
  );
}

function namesOf(given: readonly string[]): readonly string[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_NAMES) {
    throw wrong(
      Array.isArray(given) ? `names has ${given.length} entries` : `names is a ${typeof given}`,
      `names is a list of 1 to ${MOST_NAMES} names or patterns, as in ["import", "report-*"]`,
    );
  }
  for (const name of given) {
    if (typeof name === "string" && name !== "" && name.length <= LONGEST_NAME) continue;
    throw wrong(
      `names has ${JSON.stringify(name)?.slice(0, 60)} in it, which names no job`,
      'Give the names of jobs, or patterns as in "report-*"',
    );
  }
  return [...new Set(given)];
}

function wrong(message: string, hint: string): GigqError {
  return new GigqError("usage", message, { hint });
}
