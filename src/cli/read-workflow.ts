import { dirname, resolve } from "node:path";
import { GigqError, Job, type JobQueue, locateFunction, Workflow } from "../index.js";
import { idsOf, readText } from "./job-options.js";
import { LONGEST_SECONDS, parseDuration, parseRef, parseTimeout, usage } from "./options.js";
import { parseWorkflow } from "./parse-workflow.js";
import type { Terminal } from "./terminal.js";

/** A workflow that was read from a file, with the jobs under the names of their steps. */
export interface ReadWorkflow {
  readonly workflow: Workflow;
  readonly steps: ReadonlyMap<string, Job>;
}

type Fields = Readonly<Record<string, unknown>>;

/** An error names at most so many steps. */
const MOST_NAMES = 20;

const EXAMPLE =
  "steps: { fetch: { function: ./jobs.ts#fetch }, report: { function: ./jobs.ts#report, dependsOn: fetch } }";

/**
 * Reads named steps from JSON or YAML. Functions are looked up from where the file is, parents
 * among the steps, then in the queue. Throws `usage`, which names the step, `unknown-parent`, or
 * `cycle`.
 */
export async function readWorkflow(
  file: string,
  terminal: Terminal,
  queue: JobQueue,
): Promise<ReadWorkflow> {
  const isInput = file === "-";
  const text = await readText(file, terminal, "workflow");
  const { content, order } = await parseWorkflow(text, file, EXAMPLE);
  if (!isFields(content)) throw usage(`${file} holds no workflow`, `For example: ${EXAMPLE}`);
  const { name, steps, ...others } = content;
  refuseUnknown(others, ["name", "steps"], "a workflow");
  const folder = isInput ? terminal.cwd : dirname(resolve(terminal.cwd, file));
  const workflow = new Workflow(nameOf(name) ?? (isInput ? "workflow" : file));
  const jobs = await addSteps(workflow, new Map(stepsOf(steps, order)), {
    folder,
    terminal,
    queue,
  });
  return { workflow, steps: jobs };
}

/**
 * Adds a job for each step to a workflow, and answers them. Functions are looked up from `folder`,
 * parents among the steps, then in the queue. Throws `usage`, which names the step,
 * `unknown-parent`, or `cycle`.
 */
export async function addSteps(
  workflow: Workflow,
  fieldsOf: ReadonlyMap<string, Fields>,
  around: { folder: string; terminal: Pick<Terminal, "now">; queue: JobQueue },
): Promise<ReadonlyMap<string, Job>> {
  const { folder, terminal, queue } = around;
  const jobs = new Map<string, Job>();
  for (const [step, fields] of fieldsOf) {
    jobs.set(step, await inStep(step, () => jobOf(step, fields, folder, terminal)));
  }
  for (const [step, fields] of fieldsOf) {
    await inStep(step, async () => {
      const parents = await parentsOf(fields.dependsOn ?? [], jobs, queue);
      workflow.addJob(jobs.get(step)!.dependOn(...parents));
    });
  }
  workflow.check();
  return jobs;
}

function stepsOf(steps: unknown, order: readonly string[]): [string, Fields][] {
  if (!isFields(steps) || Object.keys(steps).length === 0) {
    throw usage("the workflow has no steps", `Name them, as in: ${EXAMPLE}`);
  }
  // What a merge has brought in comes last.
  const names = new Set([...order, ...Object.keys(steps)]);
  return [...names].flatMap((step): [string, Fields][] => {
    if (!Object.hasOwn(steps, step)) return [];
    if (step.trim() === "") throw usage("a step has no name", `Name it, as in: ${EXAMPLE}`);
    const fields = steps[step];
    if (isFields(fields)) return [[step, fields]];
    throw usage(`step ${step} says nothing`, "Give it a function: function: ./jobs.ts#resize");
  });
}

async function jobOf(
  step: string,
  fields: Fields,
  folder: string,
  terminal: Pick<Terminal, "now">,
): Promise<Job> {
  const { function: address, dependsOn: _, timeout, retryDelay, delay, ...rules } = fields;
  const hasDelay = delay !== undefined && delay !== null;
  if (typeof address !== "string") {
    throw usage("it names no function", "For example: function: ./jobs.ts#resize");
  }
  if (rules.dependencies !== undefined) {
    throw usage('a step has no "dependencies"', "Write dependsOn, with names of steps or ids");
  }
  if (hasDelay && rules.runAt !== undefined) {
    throw usage("delay and runAt cannot be given together", "Use one of them");
  }
  return new Job({
    name: step,
    ...rules,
    function: locateFunction(address, folder),
    ...(timeout === undefined ? {} : { timeout: timeoutOf(timeout) }),
    ...(retryDelay === undefined ? {} : { retryDelay: secondsOf(retryDelay) }),
    ...(hasDelay ? { runAt: new Date(terminal.now() + delayOf(delay) * 1000) } : {}),
  });
}

/** Seconds, or a text as on the command line; `null` and `none` are for no limit. */
function timeoutOf(given: unknown): number | null {
  const timeout = typeof given === "string" ? parseTimeout(given) : (given as number | null);
  return timeout === "none" ? null : timeout;
}

function secondsOf(given: unknown): number {
  return typeof given === "string" ? parseDuration(given) : (given as number);
}

function delayOf(given: unknown): number {
  const delay = secondsOf(given);
  if (typeof delay === "number" && delay >= 0 && delay <= LONGEST_SECONDS) return delay;
  throw usage(
    `delay is ${JSON.stringify(given)}`,
    "Give seconds, or a duration such as 10m or 7d; at most ten years",
  );
}

/** A name of a step comes before a job's number or id. */
async function parentsOf(
  given: unknown,
  jobs: ReadonlyMap<string, Job>,
  queue: JobQueue,
): Promise<{ id: string }[]> {
  const parents: { id: string }[] = [];
  for (const parent of Array.isArray(given) ? given : [given]) {
    if (typeof parent === "object") {
      throw usage(`it depends on ${JSON.stringify(parent)}`, "Write names of steps, or ids");
    }
    const named = jobs.get(String(parent));
    if (named !== undefined) parents.push(named);
    else parents.push({ id: await storedId(String(parent), [...jobs.keys()], queue) });
  }
  return parents;
}

async function storedId(text: string, steps: readonly string[], queue: JobQueue): Promise<string> {
  let ref: number | string;
  try {
    ref = parseRef(text);
  } catch {
    throw usage(
      `it depends on "${text}", and there is no such step`,
      `The steps are: ${steps.slice(0, MOST_NAMES).join(", ")}${steps.length > MOST_NAMES ? ", …" : ""}`,
    );
  }
  const [id] = await idsOf([ref], queue);
  return id!;
}

/** Says of an error in which step it is. */
async function inStep<T>(step: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof GigqError)) throw error;
    const { code, message, hint, cause } = error;
    throw new GigqError(code, `step ${step}: ${message}`, { ...(hint && { hint }), cause });
  }
}

function refuseUnknown(others: Fields, known: readonly string[], what: string): void {
  const [unknown] = Object.keys(others);
  if (unknown === undefined) return;
  throw usage(`${what} has no "${unknown}"`, `It has: ${known.join(", ")}`);
}

function nameOf(name: unknown): string | undefined {
  if (name === undefined || typeof name === "string") return name;
  throw usage("the name of the workflow is no text", "For example: name: nightly");
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
