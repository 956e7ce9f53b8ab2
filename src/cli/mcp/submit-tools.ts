import { Job, type JobOptions, type JobQueue, locateFunction, Workflow } from "../../index.js";
import { idsOf } from "../job-options.js";
import { parseRef, usage } from "../options.js";
import { addSteps } from "../read-workflow.js";
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

interface Step extends Omit<JobArguments, "dependencies"> {
  id: string;
  dependsOn?: readonly (number | string)[];
}

const { dependencies, ...STEP_PROPERTIES } = JOB_PROPERTIES;

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
              ...dependencies,
              description:
                "Ids of the steps that must complete before this one runs; or of jobs in the queue.",
            },
            ...STEP_PROPERTIES,
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
    const { cwd: folder, terminal, lend } = around;
    const fields = fieldsOf(steps);
    const workflow = new Workflow("workflow");
    await lend({ create: false }, (queue) =>
      addSteps(workflow, fields, { folder, terminal, queue }),
    );
    const stored = await store(workflow.jobs, around);
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

/** The steps as a file has them: what is said of each, under its id. */
function fieldsOf(steps: readonly Step[]): Map<string, Omit<Step, "id">> {
  const fields = new Map<string, Omit<Step, "id">>();
  for (const { id, ...said } of steps) {
    if (fields.has(id)) throw usage(`two steps have the id "${id}"`, "Give each an id of its own");
    fields.set(id, said);
  }
  return fields;
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
