import type { Counts } from "../storage/counts.js";

/** How many jobs there are in each status. */
export interface Stats extends Counts {
  /** All of them. */
  readonly total: number;
}

export function statsOf(counts: Counts): Stats {
  const { pending, running, completed, failed, cancelled, timeout } = counts;
  const total = pending + running + completed + failed + cancelled + timeout;
  return { ...counts, total };
}
