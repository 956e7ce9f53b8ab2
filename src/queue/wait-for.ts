import type { Clock } from "../clock.js";
import { GigqError } from "../errors.js";
import type { JobRecord } from "../job/job.js";
import { isFinished } from "../job/lifecycle.js";
import type { JobRef, Storage } from "../storage/storage.js";
import { type JobSummary, summaryOf } from "./job-info.js";

export interface WaitOptions {
  /** Seconds; without it, for ever. */
  timeout?: number;
  /** Stops waiting: rejects with `interrupted`. */
  signal?: AbortSignal;
  /** Hears, each time it has looked, about the jobs that are not over. */
  onLook?: (unfinished: readonly JobSummary[]) => void;
}

/** A change in the database is looked at this much later, with all that come meanwhile. */
const GATHER_MS = 10;

/** How often to look when no change was heard of. */
const SLOW_LOOK_MS = 500;

/** Resolves once all these jobs are over. */
export async function waitFor(
  storage: Storage,
  clock: Clock,
  refs: readonly JobRef[],
  options: WaitOptions,
): Promise<void> {
  const { timeout, signal, onLook } = options;
  const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeout * 1000;
  let waiting = refs;
  let changed = () => {};
  const unwatch = storage.onChange(() => changed());
  try {
    for (;;) {
      signal?.throwIfAborted();
      const unfinished = (await look(storage, waiting)).filter((job) => !isFinished(job.status));
      waiting = unfinished.map((job) => job.seq);
      if (waiting.length === 0) return;
      onLook?.(unfinished.map(summaryOf));
      const leftMs = deadline - clock.now();
      if (leftMs <= 0) throw timedOut(timeout!, unfinished);
      await new Promise<void>((resolve) => {
        const cancelSlow = clock.after(Math.min(SLOW_LOOK_MS, leftMs), resolve);
        const hurry = (ms: number) => {
          changed = () => {};
          cancelSlow();
          clock.after(ms, resolve);
        };
        changed = () => hurry(Math.min(GATHER_MS, leftMs));
        signal?.addEventListener("abort", () => hurry(0), { once: true });
      });
    }
  } finally {
    unwatch();
  }
}

async function look(storage: Storage, refs: readonly JobRef[]): Promise<JobRecord[]> {
  const jobs = await storage.get(refs);
  return jobs.map((job, index) => {
    if (job !== undefined) return job;
    const ref = refs[index]!;
    throw new GigqError(
      "unknown-job",
      `there is no job ${typeof ref === "number" ? `#${ref}` : ref}`,
      {
        hint: "gigq list shows the jobs there are",
      },
    );
  });
}

function timedOut(timeout: number, unfinished: readonly JobRecord[]): GigqError {
  const first = unfinished[0]!;
  const others = unfinished.length > 1 ? ` and ${unfinished.length - 1} others are` : " is";
  return new GigqError(
    "wait-timeout",
    `after ${timeout} s, #${first.seq} ${first.name}${others} not over`,
    { hint: `gigq status ${first.seq} says where it stands` },
  );
}
