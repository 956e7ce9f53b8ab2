import type { JobRecord } from "../job/job.js";
import type { JobRef, Storage } from "../storage/storage.js";
import { type JobSummary, summaryOf } from "./job-info.js";
import { unknownJob } from "./unknown-job.js";

/** A job with all that it hangs on, and all that hangs on it. */
export interface JobFamily {
  /** The id of the job that was asked for. */
  readonly id: string;
  /**
   * The job, its ancestors and its descendants, in order of their numbers. The `dependencies` of
   * each are its parents; of a descendant, there may be others among them than these here.
   */
  readonly jobs: readonly JobSummary[];
  /** The ids of parents that were cleared: no more is known of them. */
  readonly cleared: readonly string[];
  /** There are more than are told of here; the nearest are. */
  readonly truncated: boolean;
}

/** A family is told of up to so many jobs. */
const LARGEST_FAMILY = 1_000;

/**
 * Looks up generation by generation. Each generation is one look at the queue: what changes
 * meanwhile may be seen in one and not in another.
 */
export async function getFamily(
  storage: Storage,
  ref: JobRef,
  limit: number = LARGEST_FAMILY,
): Promise<JobFamily> {
  const [job] = await storage.get([ref]);
  if (job === undefined) throw unknownJob(ref);
  const above = await nearest(storage, job, limit, idOf, async (jobs) =>
    jobs.flatMap(({ dependencies }) => dependencies),
  );
  const below = await nearest(storage, job, limit, seqOf, async (jobs) =>
    (await storage.children(jobs.map(seqOf), limit)).flat(),
  );
  // Each side is given half of the room, and what the other does not need.
  const half = Math.floor((limit - 1) / 2);
  const kept = [job, ...above.slice(0, Math.max(half, limit - 1 - below.length))];
  kept.push(...below.slice(0, limit - kept.length));
  return {
    id: job.id,
    jobs: kept.sort((a, b) => a.seq - b.seq).map(summaryOf),
    cleared: await clearedParents(storage, kept, limit),
    truncated: above.length + below.length > limit - 1,
  };
}

const idOf = ({ id }: JobRecord) => id;
const seqOf = ({ seq }: JobRecord) => seq;

/** The nearest come first. Where there are more than `limit`, one too many, to tell. */
async function nearest<R extends JobRef>(
  storage: Storage,
  job: JobRecord,
  limit: number,
  refOf: (job: JobRecord) => R,
  next: (jobs: readonly JobRecord[]) => Promise<readonly R[]>,
): Promise<readonly JobRecord[]> {
  const found = new Map<R, JobRecord>();
  for (let last: readonly JobRecord[] = [job]; last.length > 0 && found.size < limit; ) {
    const refs = [...new Set(await next(last))].filter((ref) => !found.has(ref));
    const jobs = await storage.get(refs.slice(0, limit - found.size));
    last = jobs.filter((one) => one !== undefined);
    for (const one of last) found.set(refOf(one), one);
  }
  return [...found.values()];
}

async function clearedParents(
  storage: Storage,
  jobs: readonly JobRecord[],
  limit: number,
): Promise<string[]> {
  const here = new Set(jobs.map(idOf));
  const others = [...new Set(jobs.flatMap(({ dependencies }) => dependencies))]
    .filter((id) => !here.has(id))
    .slice(0, limit);
  const found = await storage.get(others);
  return others.filter((_, index) => found[index] === undefined);
}
