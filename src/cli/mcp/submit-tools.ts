import { GigqError, Job, type JobOptions, type JobQueue, locateFunction } from "../../index.js";
import { idsOf } from "../job-options.js";
import { parseRef, usage } from "../options.js";
import { JOB_PROPERTIES } from "./job-schema.js";
import type { Surroundings, Tool } from "./tool.js";

/** The options of a job, as a client writes them in JSON. */
interface JobArguments extends Omit<JobOptions, "function" | "dependencies" | "runAt"> {
  function: string;
  /** Numbers or ids. */
  dependencies?: readonly (number | string)[];
  runAt?: string;
}

export const submitJob: Tool<JobArguments> = {
  name: "submit_job",
  description:
    "Store a job; answers its id and number. A worker runs it, later. The queue is created if there is none.",
  inputSchema: {
    type: "object",
    properties: JOB_PROPERTIES,
    required: ["function"],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: false, destructiveHint: false },
  async call(around, given) {
    const job = await around.lend({ create: false }, (queue) => jobOf(given, around, queue));
    const [stored] = await store([job], around);
    return stored!;
  },
};

interface Step extends JobArguments {
  id: string;
  dependsOn?: readonly string[];
}

export const submitWorkflow: Tool<{ steps: readonly Step[] }> = {
  name: "submit_workflow",
  description:
    "Store jobs that depend on each other, all of them or none; answers the id and number of each step's job. A step runs once all that it depends on have completed, and finds their results in context.parentResults, by job id.",
  inputSchema: {
    type: "object",
    properties: {
      steps: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          properties: {
            id: {
              type: "string",
              description: "Names the step in this call, and its job unless there is a name.",
            },
            dependsOn: {
              type: "array",
              items: { type: "string" },
              description: "Ids of the steps that must complete before this one runs.",
            },
            ...JOB_PROPERTIES,
          },
          required: ["id", "function"],
          additionalProperties: false,
        },
        description: "The jobs, in any order.",
      },
    },
    required: ["steps"],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: false, destructiveHint: false },
  async call(around, { steps }) {
    const jobs = await around.lend({ create: false }, (queue) => jobsOf(steps, around, queue));
    const stored = await store(jobs, around);
    return { jobs: stored.map((job, index) => ({ step: steps[index]!.id, ...job })) };
  },
};

/** The queue is asked only where parents are named that are in it already. */
async function jobOf(given: JobArguments, { cwd }: Surroundings, queue: JobQueue): Promise<Job> {
  const { dependencies: refs, ...options } = given;
  const ids =
    refs &&
    (await idsOf(
      refs.map((ref) => parseRef(String(ref))),
      queue,
    ));
  return new Job({
    ...options,
    function: locateFunction(given.function, cwd),
    ...(ids === undefined ? {} : { dependencies: ids }),
  });
}

/** The jobs of a workflow, in the order of its steps. */
async function jobsOf(
  steps: readonly Step[],
  around: Surroundings,
  queue: JobQueue,
): Promise<Job[]> {
  const jobs = new Map<string, Job>();
  for (const { id, dependsOn: _, ...given } of steps) {
    if (jobs.has(id)) throw usage(`two steps have the id "${id}"`, "Give each an id of its own");
    jobs.set(id, await inStep(id, () => jobOf({ name: id, ...given }, around, queue)));
  }
  for (const { id, dependsOn = [] } of steps) {
    for (const parent of dependsOn) {
      const job = jobs.get(parent);
      if (job !== undefined) jobs.get(id)!.dependOn(job);
      else {
        throw usage(
          `step "${id}" depends on "${parent}", and there is no such step`,
          `The steps are: ${[...jobs.keys()].join(", ")}. Jobs in the queue go into dependencies`,
        );
      }
    }
  }
  return [...jobs.values()];
}

/** Says of what is wrong in which step it is. */
async function inStep<T>(id: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof GigqError)) throw error;
    const { code, message, hint, cause } = error;
    throw new GigqError(code, `step "${id}": ${message}`, { ...(hint && { hint }), cause });
  }
}

async function store(jobs: readonly Job[], around: Surroundings) {
  return around.lend({ create: true }, async (queue) => {
    const ids = await queue.submitAll(jobs);
    const infos = await queue.getStatuses(ids);
    return infos.map((info, index) => ({
      id: ids[index]!,
      ...(info.exists && { seq: info.seq, name: info.name, status: info.status }),
    }));
  });
}
