import type { JobStatus } from "../job/lifecycle.js";

/** How many jobs there are in each status. */
export interface Counts extends Readonly<Record<JobStatus, number>> {
  /** Pending jobs that wait for their time. */
  readonly delayed: number;
  /** Pending jobs that wait for a parent. */
  readonly blocked: number;
}

/** How many ready jobs come before a place in the order. */
export interface Ahead {
  /** Of a higher priority. */
  readonly higher: number;
  /** Of the same priority, with a smaller number. */
  readonly earlier: number;
}
