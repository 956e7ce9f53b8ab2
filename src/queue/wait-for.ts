import type { Clock } from "../clock.js";
import { GigqError } from "../errors.js";
import type { JobRecord } from "../job/job.js";
import { isFinished } from "../job/lifecycle.js";
import type { JobRef, Storage } from "../storage/storage.js";
import { type JobSummary, summaryOf } from "./job-info.js";
import { Nap } from "./nap.js";
import { neverRuns } from "./never-runs.js";
import { unknownJob } from "./unknown-job.js";

/** How long `wait` waits. */
export interface WaitOptions {
  /** Seconds; without it, for ever. */
  timeout?: number;
  /** Stops waiting: rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Hears, each time it has looked, about the jobs that are not over. */
  onLook?: (unfinished: readonly JobSummary[]) => void;
}

/** A change in the database is looked at this much later, with all that come meanwhile. */
const GATHER_MS = 10;

/** Looking takes at most about one part in so many of the time. */
const LOOK_SHARE = 5;

/** How often to look when no change was heard of. */
const SLOW_LOOK_MS = 500;

/**
 * Resolves once all these jobs are over. Rejects with `forbidden` as soon as one of them can never
 * run as things are.
 */
export async function waitFor(
  storage: Storage,
  clock: Clock,
  refs: readonly JobRef[],
  { timeout, signal, onLook }: WaitOptions,
): Promise<void> {
  const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeout * 1000;
  const nap = new Nap(clock);
  const unwatch = storage.onChange(() => nap.shorten());
  const interrupt = () => nap.end();
  signal?.addEventListener("abort", interrupt);
  try {
    for (let waiting = refs; ; ) {
      signal?.throwIfAborted();
      const startedMs = clock.now();
      const unfinished = (await look(storage, waiting)).filter((job) => !isFinished(job.status));
      if (unfinished.length === 0) return;
      onLook?.(unfinished.map(summaryOf));
      const error = await neverRuns(storage, unfinished);
      if (error !== undefined) throw error;
      waiting = unfinished.map((job) => job.seq);
      const leftMs = deadline - clock.now();
      if (leftMs <= 0) throw timedOut(timeout!, unfinished);
      const tookMs = clock.now() - startedMs;
      const leastMs = Math.max(GATHER_MS, LOOK_SHARE * tookMs);
      await nap.take(Math.min(leastMs, leftMs), Math.min(Math.max(SLOW_LOOK_MS, leastMs), leftMs));
    }
  } finally {
    unwatch();
    signal?.removeEventListener("abort", interrupt);
  }
}

async function look(storage: Storage, refs: readonly JobRef[]): Promise<JobRecord[]> {
  const jobs = await storage.get(refs);
  return jobs.map((job, index) => {
    if (job === undefined) throw unknownJob(refs[index]!);
    return job;
  });
}

function timedOut(timeout: number, unfinished: readonly JobRecord[]): GigqError {
  const [first, ...others] = unfinished;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return new GigqError(
    "wait-timeout",
    `after ${timeout} s, #${first!.seq} ${first!.name}${more} ${more === "" ? "is" : "are"} not over`,
    { hint: `gigq status ${first!.seq} says where it stands` },
  );
}
