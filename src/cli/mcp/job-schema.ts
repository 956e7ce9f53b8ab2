import type { JobOptions } from "../../index.js";
import type { ObjectSchema, ValueSchema } from "./schema.js";

/** How a job is named. */
const JOB_REF: ValueSchema = {
  type: ["integer", "string"],
  description: "The job's number, as in 42, or its id.",
};

/** A tool's arguments where it takes a job alone. */
export function ofJob(more: Readonly<Record<string, ValueSchema>> = {}): ObjectSchema {
  return {
    type: "object",
    properties: { id: JOB_REF, ...more },
    required: ["id"],
    additionalProperties: false,
  };
}

/** What may be said about a job: one entry for each option of the library. */
export const JOB_PROPERTIES: Readonly<Record<keyof JobOptions, ValueSchema>> = {
  function: {
    type: "string",
    description: "The module and its export, as in ./jobs.ts#resize or package#resize.",
  },
  params: { type: "object", description: "What the function is called with." },
  name: { type: "string", description: "For people." },
  description: { type: "string", description: "For people." },
  priority: { type: "integer", description: "Higher runs first; 0 unless given." },
  maxAttempts: {
    type: "integer",
    minimum: 1,
    description: "How often it may be tried in all; 3 unless given.",
  },
  timeout: {
    type: ["number", "null"],
    description:
      "Seconds that an attempt may run before it is killed; 300 unless given, null for no limit.",
  },
  retryDelay: {
    type: "number",
    minimum: 0,
    description: "Seconds between a failed attempt and the next; 0 unless given.",
  },
  backoff: {
    type: "string",
    enum: ["fixed", "exponential"],
    description: "fixed unless given; exponential doubles the delay each time.",
  },
  dependencies: {
    type: "array",
    items: JOB_REF,
    description: "Jobs in the queue that must complete before this one runs.",
  },
  onParentFailure: {
    type: "string",
    enum: ["cancel", "wait", "run"],
    description:
      "What becomes of it when a job it depends on does not complete; cancel unless given.",
  },
  passParentResults: {
    type: "boolean",
    description:
      "Left out: context.parentResults is there when there are dependencies. true: also put into params.parentResults. false: not loaded.",
  },
  runAt: { type: "string", description: "Not before this moment: ISO 8601 with a zone." },
};
