import { isAbsolute } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { formatAddress } from "../job/address.js";
import { closest } from "../job/closest.js";
import { Job, type JobOptions, type JobRules, type JobSpec } from "../job/job.js";
import type { JobContext, JobFunction } from "../job/job-context.js";
import { kindOf } from "../job/kind-of.js";
import { checkParams, type InputOf, type OutputOf, type Schema } from "../job/schema.js";
import { TASK, type TaskMark, taskMarkOf } from "../job/task-mark.js";
import { findExport } from "./find-export.js";
import type { JobQueue } from "./job-queue.js";

/** The rules that all jobs of a task have, unless `submit` or `toJob` is told otherwise. */
export interface TaskOptions<S extends Schema | undefined = Schema | undefined>
  extends Pick<
    JobOptions,
    "name" | "priority" | "maxAttempts" | "timeout" | "description" | "retryDelay" | "backoff"
  > {
  /**
   * A schema of any library that follows Standard Schema. Params are checked when a job is
   * submitted, and again before it runs; the function is given what comes out of the schema.
   */
  input?: S;
}

/** A function that can be called as before, and that knows how to become a job. */
export type Task<
  F extends JobFunction = JobFunction,
  Params extends object = JobFunction extends F ? object : ParamsOf<F>,
> = F & TaskMethods<Params, Awaited<ReturnType<F>>>;

/** What a task has besides being a function. */
export interface TaskMethods<Params extends object, Result> {
  readonly [TASK]: TaskMark;
  /**
   * Submits a job that calls this function, and answers its id. Rejects with `usage` for params
   * that the schema refuses, with a `TypeError` when the module does not export the task, and as
   * `JobQueue.submit` does.
   */
  submit(queue: JobQueue, ...params: TaskArguments<Params>): Promise<JobId<Result>>;
  /** A job that calls this function; it is checked when it is submitted. */
  toJob(...params: TaskArguments<Params>): Job;
}

/** Params may be left out where the function does not insist on any. */
export type TaskArguments<Params extends object> =
  Record<never, never> extends Params
    ? [params?: Params, rules?: JobRules]
    : [params: Params, rules?: JobRules];

/**
 * What a function takes, as its first parameter says. One without a type of its own is `never`, and
 * nothing can be given then.
 */
export type ParamsOf<F> = F extends (...args: infer A extends readonly unknown[]) => unknown
  ? A extends readonly []
    ? Record<string, never>
    : unknown extends A[0]
      ? object
      : // biome-ignore lint/suspicious/noConfusingVoidType: undefined is one of its values
        [A[0]] extends [void]
        ? Record<string, never>
        : A[0] & object
  : never;

declare const RESULT: unique symbol;

/** The id of a job of which the compiler knows what it returns. */
export type JobId<Result = unknown> = string & { readonly [RESULT]?: Result };

const KNOWN: Record<keyof TaskOptions, true> = {
  name: true,
  priority: true,
  maxAttempts: true,
  timeout: true,
  description: true,
  retryDelay: true,
  backoff: true,
  input: true,
};

/**
 * Makes a function a task: `export const resize = task(import.meta.url, async (params: …) => …)`.
 *
 * `module` is where it stands: `import.meta.url`, or `__filename` in CommonJS. The export's name is
 * found when a job is submitted. Throws a `TypeError` for what is no function, for a class, a
 * generator, a function that is a task already, an unknown option, or a module that is no file, and
 * `usage` for an option's value that makes no sense.
 */
export function task<
  S extends Schema,
  F extends (params: OutputOf<S>, context: JobContext) => unknown,
>(
  module: string | URL,
  fn: F,
  options: TaskOptions<S> & { input: S },
): Task<F, InputOf<S> & object>;
export function task<F extends JobFunction>(
  module: string | URL,
  fn: F,
  options?: TaskOptions<undefined>,
): Task<F>;
export function task(
  module: string | URL,
  fn: JobFunction,
  { input, ...rules }: TaskOptions = {},
): Task {
  const href = urlOf(module);
  refuseUnfit(fn);
  refuseUnknown({ input, ...rules });
  if (input !== undefined) refuseNoSchema(input);
  const mark: TaskMark = {
    module: href,
    fn,
    checkParams: (params) => (input === undefined ? params : checkParams(input, params)),
  };
  const toJob = (params: object = {}, own: JobRules = {}): Job => {
    refuseTwice(own);
    return new TaskJob(made, { ...rules, ...own, params });
  };
  const made: MarkedFunction = Object.assign(callable(fn), {
    toJob,
    submit: async (queue: JobQueue, params?: object, own?: JobRules) => {
      refuseNoQueue(queue);
      return queue.submit(toJob(params, own));
    },
    [TASK]: mark,
  });
  // Rules that make no sense are told here, where they stand.
  toJob({});
  return made as unknown as Task;
}

type MarkedFunction = JobFunction & { readonly [TASK]: TaskMark };

/** A function of its own, so that the one inside stays as it was. */
function callable(fn: JobFunction): JobFunction {
  const call = function (this: unknown, ...args: Parameters<JobFunction>): unknown {
    return fn.apply(this, args);
  };
  return Object.defineProperties(call, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
  }) as JobFunction;
}

/** A job that calls a task; under which name that is exported is known when it is submitted. */
class TaskJob extends Job {
  readonly #task: MarkedFunction;
  readonly #isNamed: boolean;

  constructor(made: MarkedFunction, options: Omit<JobOptions, "function">) {
    const { module, fn } = made[TASK];
    const exportName = nameOf(fn);
    super({ ...options, function: formatAddress({ module: fileURLToPath(module), exportName }) });
    this.#task = made;
    this.#isNamed = options.name !== undefined;
  }

  override async prepare(): Promise<JobSpec> {
    const { module, checkParams } = this.#task[TASK];
    await checkParams(this.params);
    const exportName = await findExport(this.#task);
    return this.amend({
      function: formatAddress({ module: fileURLToPath(module), exportName }),
      ...(this.#isNamed ? {} : { name: exportName }),
    });
  }
}

/** What a function is called until its export is known. */
function nameOf(fn: TaskMark["fn"]): string {
  return fn.name || "task";
}

function refuseUnfit(fn: unknown): void {
  if (typeof fn !== "function") {
    throw new TypeError(
      `task() was given ${kindOf(fn)} in place of a function. Write: task(import.meta.url, fn)`,
    );
  }
  if (taskMarkOf(fn) !== undefined) {
    throw new TypeError(`${fn.name || "this function"} is a task already: wrap it only once`);
  }
  const source = Function.prototype.toString.call(fn);
  if (/^class\b/.test(source)) {
    throw new TypeError(`${fn.name} is a class; a job calls a function, without new`);
  }
  if (/^(async\s+)?function\s*\*|^(async\s*)?\*/.test(source)) {
    throw new TypeError(
      `${fn.name || "the function"} is a generator, whose result is no data. Return an array, or what is left of it`,
    );
  }
}

function refuseUnknown(options: object): void {
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(KNOWN, key));
  if (unknown === undefined) return;
  const near = closest(unknown, Object.keys(KNOWN));
  throw new TypeError(
    `a task has no option "${unknown}". ` +
      (near === undefined
        ? `Known are: ${Object.keys(KNOWN).join(", ")}`
        : `Did you mean ${near}?`),
  );
}

/** Of another copy of gigq it may be, or anybody's that works like one. */
function refuseNoQueue(queue: Partial<JobQueue> | null | undefined): void {
  if (typeof queue?.submit === "function") return;
  throw new TypeError(
    `submit was given ${kindOf(queue)} for the queue. Write: submit(new JobQueue("gigq.db"), { … })`,
  );
}

/** A task says itself what it calls, and with which params. */
function refuseTwice(rules: object | null): void {
  const said = ["function", "params"].find((key) => Object.hasOwn(rules ?? {}, key));
  if (said === undefined) return;
  throw new TypeError(
    `"${said}" is no rule of a task's job. ` +
      (said === "params" ? "Params come before the rules" : "A task calls its own function"),
  );
}

function refuseNoSchema(input: unknown): void {
  const validate = (input as Partial<Schema> | null)?.["~standard"]?.validate;
  if (typeof validate === "function") return;
  throw new TypeError(
    `input is ${kindOf(input)}, and no schema. Give one of a library that follows Standard Schema, as Zod, Valibot or ArkType do`,
  );
}

/** The URL of a module that is a file; what stands behind the path is kept for the loader. */
function urlOf(module: unknown): string {
  if (module instanceof URL) return urlOf(module.href);
  if (typeof module === "string" && module.startsWith("file:")) return module;
  if (typeof module === "string" && isAbsolute(module)) return pathToFileURL(module).href;
  throw new TypeError(
    `task() was given ${typeof module === "string" ? `"${module}"` : kindOf(module)} for the module. ` +
      "Write: task(import.meta.url, fn), or task(__filename, fn) in CommonJS",
  );
}
