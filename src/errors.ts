/** Every way a call to gigq can go wrong; the command line gives each its exit status. */
export type ErrorCode =
  /** The words of the call are wrong: an unknown flag, a malformed number, an impossible rule. */
  | "usage"
  | "unknown-job"
  | "unknown-attempt"
  | "unknown-parent"
  | "cycle"
  /** The state of the job forbids it. */
  | "forbidden"
  /** There is no database where one was named. */
  | "no-queue"
  /** There is a file, but gigq did not make it. */
  | "not-a-queue"
  | "schema-too-new"
  /** The database cannot be opened or written: permissions, a missing folder, a network disk. */
  | "unusable-path"
  /** Somebody else holds the database; trying again later is likely to work. */
  | "busy"
  | "disk-full"
  | "storage-failed"
  /** The machine is out of processes, files or memory; it may have some again in a moment. */
  | "exhausted"
  /** The system did not allow or could not do something, and no more is known. */
  | "system-refused"
  /** This worker was taken for dead, and what it had in hand was given to others. */
  | "dismissed"
  | "wait-timeout"
  | "interrupted"
  /** A bug in gigq. */
  | "internal";

/** The one error class of gigq: what happened (`message`), and what to do next (`hint`). */
export class GigqError extends Error {
  /** Also tells an error of another copy of gigq, which `instanceof` does not. */
  override readonly name = "GigqError";
  /** Which kind of error; does not change with the wording. */
  readonly code: ErrorCode;
  /** What to do next; `undefined` where nobody knows. */
  readonly hint: string | undefined;
  /** True where trying again cannot help: the database is damaged, or is not there any more. */
  readonly isLasting: boolean;

  /** For storage engines and commands of your own; `cause` is what was caught. */
  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown; isLasting?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.isLasting = options.isLasting ?? false;
  }
}

/** Says whether `error` is a gigq error, also one from a second copy of the package. */
export function isGigqError(error: unknown): error is GigqError {
  return error instanceof Error && error.name === "GigqError" && "code" in error;
}
