import type { Isolation } from "../../../src/job/isolation.js";

/** What an isolation promises beyond what all of them do. */
export interface Promises {
  readonly isolation: Isolation;
  /** What can be stopped against its will: everything, running JavaScript, or nothing. */
  readonly kills: "always" | "javascript" | "never";
  /** A job that exits or crashes takes nothing with it but its own attempt. */
  readonly exits: boolean;
  /** What a job writes to stdout and stderr comes as events. */
  readonly output: boolean;
}
