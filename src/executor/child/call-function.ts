import type { ParentResult } from "../../job/job.js";
import type { JobContext } from "../../job/job-context.js";
import { DEEPEST_JSON, isStackOverflow, isTooDeep, LARGEST_JSON } from "../../job/json.js";
import { kindOf } from "../../job/kind-of.js";
import type { Outcome } from "../../job/outcome.js";
import { taskMarkOf } from "../../job/task-mark.js";
import type { Attempt } from "../executor.js";
import type { Abort } from "./abort.js";
import { describeError } from "./describe-error.js";
import type { LoadedFunction } from "./load-function.js";
import { Telling, type Told } from "./telling.js";

/**
 * Calls a function that has been loaded; `tell` hears what it tells meanwhile. Never rejects:
 * whatever happens is an outcome.
 */
export async function callFunction(
  fn: LoadedFunction,
  attempt: Omit<Attempt, "turn" | "timeoutMs" | "function">,
  abort: Abort,
  tell: (told: Told) => void,
): Promise<Outcome> {
  let returned: unknown;
  let telling: Telling | undefined;
  const told = () => {
    telling ??= new Telling(tell);
    return telling;
  };
  try {
    const parentResults = parse(attempt.parentResults);
    let params = JSON.parse(attempt.params);
    // They may have been stored before the task changed, or by other means than the task.
    const task = taskMarkOf(fn);
    if (task !== undefined) params = await task.checkParams(params);
    if (attempt.passParentResults) params = withParentResults(params, parentResults);
    const context: JobContext = {
      jobId: attempt.jobId,
      attempt: attempt.attempt,
      parentResults,
      get signal() {
        return abort.signal;
      },
      get log() {
        return told().log;
      },
      get progress() {
        return told().progress;
      },
    };
    returned = await fn(params, context);
  } catch (error) {
    return { type: "failed", error: describeError(error) };
  } finally {
    telling?.end();
  }
  return kept(returned);
}

/** A schema may have made anything of the params. */
function withParentResults(params: unknown, parentResults: Record<string, unknown>): unknown {
  if (typeof params !== "object" || params === null || Array.isArray(params)) {
    throw new TypeError(
      `the input schema made ${kindOf(params)} of the params, and parentResults cannot be put into that. ` +
        "Take them from the context, or let the schema answer an object",
    );
  }
  // A copy of an instance would lose its class.
  const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(params));
  return isPlain ? { ...params, parentResults } : Object.assign(params, { parentResults });
}

function parse(results: readonly ParentResult[] | null): Record<string, unknown> {
  const parsed = results?.map(({ id, result }) => [
    id,
    result === null ? null : JSON.parse(result),
  ]);
  return Object.fromEntries(parsed ?? []);
}

function kept(returned: unknown): Outcome {
  let result: string | undefined;
  try {
    result = returned === undefined ? "null" : JSON.stringify(returned);
  } catch (error) {
    return notJson(whyNotJson(error));
  }
  if (result === undefined) return notJson(`it is a ${typeof returned}`);
  if (result.length > LARGEST_JSON) {
    return {
      type: "failed",
      error:
        `the function returned ${result.length} characters of JSON, and at most ${LARGEST_JSON} are kept. ` +
        "Write the data to a file, and return its path",
    };
  }
  if (isTooDeep(result)) return notJson(TOO_DEEP);
  return { type: "completed", result };
}

const TOO_DEEP = `it is nested too deep, and at most ${DEEPEST_JSON} arrays and objects may stand in each other`;

/** Anything may have been thrown: JSON calls the `toJSON` of users. */
function whyNotJson(thrown: unknown): string {
  return isStackOverflow(thrown) ? TOO_DEEP : describeError(thrown).split("\n")[0]!;
}

function notJson(why: string): Outcome {
  return {
    type: "failed",
    error: `the function returned what JSON cannot hold: ${why}. Return strings, numbers, booleans, null, arrays and objects`,
  };
}
