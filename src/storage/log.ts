import type { Lease } from "../job/job.js";

/** Where something was written to: one of the standard streams, or `context.log`. */
export type LogStream = "stdout" | "stderr" | "log";

/** Something that an attempt wrote, in whole lines unless they are very long. */
export interface LogPiece {
  /**
   * How many bytes the attempt had written before, over all streams. Where that is beyond the end
   * of the piece before, the bytes between were left out.
   */
  readonly position: number;
  /** ms UTC. */
  readonly at: number;
  /** Where it was written to. */
  readonly stream: LogStream;
  /** What was written. */
  readonly bytes: Uint8Array;
}

/** Which part of which log is to be read. */
export interface LogQuery {
  /** The job's number. */
  readonly seq: number;
  /** With `seq`, names the attempt. */
  readonly lease: number;
  /** The first position that is wanted. */
  readonly from: number;
  /** The piece that fills this is the last. */
  readonly limitBytes: number;
}

/** What an attempt that runs, or has just ended, has written since the last time. */
export interface Writing {
  /** Under which the attempt runs. */
  readonly lease: Lease;
  /** New pieces, in order. */
  readonly log: readonly LogPiece[];
  /** Pieces that begin in this range are kept no longer; `to` is not in it. */
  readonly forget?: { readonly from: number; readonly to: number } | undefined;
  /** JSON; replaces what was told before. */
  readonly progress?: string | undefined;
}
