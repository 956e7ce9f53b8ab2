import type { Change, JobRef, Storage } from "../storage/storage.js";
import { type JobSummary, summaryOf } from "./job-info.js";
import { unknownJob } from "./unknown-job.js";

/** What became of a job that was to be cancelled or requeued. */
export interface ChangeResult {
  /** The job as it is now. */
  readonly job: JobSummary;
  /** False when its status, or a parent that failed, forbade the change. */
  readonly changed: boolean;
  /**
   * How many other jobs changed with it that were not named themselves: descendants cancelled for
   * its sake, or restored.
   */
  readonly followed: number;
}

/** What else `cancel` does. */
export interface CancelOptions {
  /** Also kills running jobs: their workers are asked to, which takes a moment. */
  force?: boolean;
  /**
   * Also cancels every pending job that depends on it, directly or not, whatever it would do when a
   * parent fails; of a job that is over, only those. With `force`, running ones are killed too.
   */
  downstream?: boolean;
}

type ChangeStep = (seqs: readonly number[]) => Promise<Change[]>;

/** Takes one step after the other, each with the jobs that those before could not change. */
async function changeJobs(
  storage: Storage,
  refs: readonly JobRef[],
  steps: readonly ChangeStep[],
): Promise<ChangeResult[]> {
  const jobs = await storage.get(refs);
  const seqs = jobs.map((job, index) => {
    if (job === undefined) throw unknownJob(refs[index]!);
    return job.seq;
  });
  const results = new Map<number, Change>();
  for (const step of steps) {
    const left = seqs.filter((seq) => !results.get(seq)?.changed);
    for (const change of await step(left)) {
      // Somebody named twice was changed once.
      if (!results.get(change.seq)?.changed) results.set(change.seq, change);
    }
  }
  const after = await storage.get(seqs);
  return after.flatMap((job) => {
    if (job === undefined) return [];
    const { changed, followed } = results.get(job.seq)!;
    return { job: summaryOf(job), changed, followed };
  });
}

/** Cancels jobs, in one commit unless running ones are to be killed besides. */
export function cancelJobs(
  storage: Storage,
  now: number,
  refs: readonly JobRef[],
  { force = false, downstream = false }: CancelOptions,
): Promise<ChangeResult[]> {
  if (downstream) {
    return changeJobs(storage, refs, [(seqs) => storage.cancelDownstream(seqs, force, now)]);
  }
  const verbs = force ? (["cancel", "kill"] as const) : (["cancel"] as const);
  const steps = verbs.map(
    (verb): ChangeStep =>
      (seqs) =>
        storage.change(seqs, verb, now),
  );
  return changeJobs(storage, refs, steps);
}

/** Gives jobs another go, in one commit. */
export function requeueJobs(
  storage: Storage,
  now: number,
  refs: readonly JobRef[],
): Promise<ChangeResult[]> {
  return changeJobs(storage, refs, [(seqs) => storage.change(seqs, "requeue", now)]);
}
