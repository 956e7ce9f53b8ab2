import type { ParentResult } from "../../job/job.js";
import { DEEPEST_JSON, isStackOverflow, isTooDeep, LARGEST_JSON } from "../../job/json.js";
import type { Outcome } from "../../job/outcome.js";
import type { Attempt } from "../executor.js";
import type { Abort } from "./abort.js";
import { describeError } from "./describe-error.js";
import type { LoadedFunction } from "./load-function.js";
import { Telling, type Told } from "./telling.js";

/** What a job's function is given besides its params. */
export interface JobContext {
  readonly jobId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Fires when the attempt is to stop: its timeout, a forced cancel, or a shutdown. */
  readonly signal: AbortSignal;
  /** The result of each parent under its id, in dependency order; empty without dependencies. */
  readonly parentResults: Readonly<Record<string, unknown>>;
  /** Keeps a line in the job's log, formatted as by `console.log`; it is printed nowhere. */
  readonly log: (...values: unknown[]) => void;
  /**
   * Says how far it is: `progress(310, 500, "thumbnails")`. Of many calls in a tenth of a second the
   * last counts. Numbers are 0 or more, anything else throws; messages are cut to 200 characters.
   */
  readonly progress: (done: number, total?: number | null, message?: string | null) => void;
}

/** A function that can be a job. What it returns must be what JSON can hold, or `undefined`. */
export type JobFunction = (params: never, context: JobContext) => unknown;

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
    const params = JSON.parse(attempt.params);
    if (attempt.passParentResults) params.parentResults = parentResults;
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
