import { GigqError } from "../errors.js";
import { canMeasureMemory, LEAST_RSS } from "../executor/memory.js";
import type { Isolation } from "../job/isolation.js";
import type { WorkerOptions, WorkerSettings } from "./check-worker.js";
import { secondsOf } from "./seconds-of.js";

type Limits = Pick<WorkerSettings, "idleMs" | "maxJobsPerChild" | "maxRss">;

/** Checks what is said about children; throws `usage` also where the isolation cannot keep it. */
export function checkLimits(options: WorkerOptions): Limits {
  const { isolation = "process", idleTimeout, maxJobsPerChild, maxRss } = options;
  if (isolation === "inline" && idleTimeout !== undefined) throw noChildren("idleTimeout");
  return {
    idleMs: secondsOf("idleTimeout", idleTimeout ?? 60, 0.001),
    maxJobsPerChild: maxJobsPerChild === undefined ? undefined : jobsOf(maxJobsPerChild, isolation),
    maxRss: maxRss === undefined ? undefined : rssOf(maxRss, isolation),
  };
}

function jobsOf(given: number, isolation: Isolation): number {
  if (isolation === "inline") throw noChildren("maxJobsPerChild");
  if (Number.isInteger(given) && given >= 1) return given;
  throw wrong(`maxJobsPerChild is ${given}`, "Give a whole number from 1 on");
}

function noChildren(option: string): GigqError {
  return wrong(
    `${option} is not for the isolation "inline": it has no children`,
    "Leave it out, or choose process or thread",
  );
}

function rssOf(given: number, isolation: Isolation): number {
  if (isolation !== "process") {
    throw wrong(
      `maxRss is not for the isolation "${isolation}": its jobs share the worker's memory`,
      "Leave it out, or choose process",
    );
  }
  if (!canMeasureMemory()) {
    throw wrong(
      "maxRss is not for this system: it does not tell how much memory a process takes",
      "Leave it out; Linux has what it needs, in /proc",
    );
  }
  if (Number.isFinite(given) && given >= LEAST_RSS) return given;
  throw wrong(
    `maxRss is ${given}`,
    `maxRss is bytes, from ${LEAST_RSS}: Node takes most of that itself`,
  );
}

function wrong(message: string, hint: string): GigqError {
  return new GigqError("usage", message, { hint });
}
