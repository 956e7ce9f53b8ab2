import type { JobQueue } from "../../index.js";
import type { Terminal } from "../terminal.js";
import type { ObjectSchema } from "./schema.js";

/** What a tool finds around it. */
export interface Surroundings {
  readonly terminal: Pick<Terminal, "now">;
  /** Where paths of modules start. */
  readonly cwd: string;
  /** The path of the database, for people. */
  readonly database: string;
  /** Fires when the server is told to end: nothing is waited for any more. */
  readonly signal: AbortSignal;
  /** Lends the queue; it is created for those only who put something in. */
  lend<T>(options: { create: boolean }, action: (queue: JobQueue) => Promise<T>): Promise<T>;
}

/** Something that a client may call. */
export interface Tool<Arguments = never> {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  /** What the protocol lets a client know beforehand, to decide whether to ask its user. */
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint?: boolean;
    readonly idempotentHint?: boolean;
  };
  /** The arguments have been held against the schema. What it throws is told to the caller. */
  call(around: Surroundings, given: Arguments): Promise<object>;
}
