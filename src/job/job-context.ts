/** What a job's function is given besides its params. */
export interface JobContext {
  /** The job's UUID, the same for all of its attempts. */
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
