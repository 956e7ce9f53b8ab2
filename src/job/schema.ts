import { GigqError } from "../errors.js";
import { kindOf } from "./kind-of.js";

/**
 * A schema of any library that follows Standard Schema, version 1 (standardschema.dev): Zod,
 * Valibot, ArkType and others. Only the part that gigq uses is asked for.
 */
export interface Schema<Input = unknown, Output = Input> {
  /** Where Standard Schema puts it. */
  readonly "~standard": {
    readonly version: 1;
    readonly validate: (value: unknown) => SchemaAnswer<Output> | Promise<SchemaAnswer<Output>>;
    /** For the compiler only. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says of a value: that value, perhaps changed, or what is wrong with it. */
export type SchemaAnswer<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  /** What is wrong, for people. */
  readonly message: string;
  /** From the outside in; a step is a key, or an object that holds one. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What is given to a schema. */
export type InputOf<S extends Schema> = NonNullable<S["~standard"]["types"]>["input"];

/** What comes out of a schema. */
export type OutputOf<S extends Schema> = NonNullable<S["~standard"]["types"]>["output"];

/** At most so many bad fields are named. */
const MOST_ISSUES = 10;

/**
 * Params as they come out of the schema. Throws `usage`, with the path of each bad field; a schema
 * that takes its time answers with a promise.
 */
export function checkParams(schema: Schema, params: unknown): unknown | Promise<unknown> {
  const answer: unknown = schema["~standard"].validate(params);
  return isThenable(answer) ? Promise.resolve(answer).then(accepted) : accepted(answer);
}

/** A promise may be of another realm, or of a library. */
function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof (answer as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
}

function accepted(given: unknown): unknown {
  if (!isAnswer(given)) {
    throw new TypeError(
      `the input schema answered ${kindOf(given)}, and neither a value nor issues, as Standard Schema has it`,
    );
  }
  const answer = given;
  if (answer.issues === undefined) return answer.value;
  const said = answer.issues.slice(0, MOST_ISSUES).map(({ path = [], message }) => {
    return `params${path.map(step).join("")}: ${message}`;
  });
  const more = answer.issues.length - said.length;
  throw new GigqError(
    "usage",
    `the task does not take these params: ${said.join("; ")}${more > 0 ? `; and ${more} more` : ""}`,
    { hint: "Its input schema says what it takes" },
  );
}

function isAnswer(given: unknown): given is SchemaAnswer<unknown> {
  if (given === null || (typeof given !== "object" && typeof given !== "function")) return false;
  const { issues } = given as Partial<SchemaAnswer<unknown>>;
  return issues === undefined ? "value" in given : Array.isArray(issues);
}

/** `.size`, `[2]`, or `["a-b"]`. */
function step(part: PropertyKey | { readonly key: PropertyKey }): string {
  const key = typeof part === "object" ? part.key : part;
  if (typeof key === "string" && /^[A-Za-z_$][\w$]*$/.test(key)) return `.${key}`;
  return `[${typeof key === "string" ? JSON.stringify(key) : String(key)}]`;
}
