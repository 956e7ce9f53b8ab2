import type { JobRecord } from "../job/job.js";
import type { Storage } from "../storage/storage.js";

/** What must be known of a job to tell what holds others up. */
export type Kin = Pick<
  JobRecord,
  | "seq"
  | "id"
  | "name"
  | "status"
  | "onParentFailure"
  | "dependencies"
  | "waitingOn"
  | "orphanedBy"
  | "runAt"
>;

/** Jobs by their ids. */
export type KinById = ReadonlyMap<string, Kin>;

/** So many jobs are read at a time: their params and results may be large, and are not kept. */
const BATCH = 500;

/**
 * The jobs, and the ancestors that they wait for: those above a job that waits for nobody are not
 * looked at. Each is looked up once, generation by generation.
 */
export async function gatherKin(storage: Storage, jobs: readonly JobRecord[]): Promise<KinById> {
  const known = new Map<string, Kin>(jobs.map((job) => [job.id, kinOf(job)]));
  const missing = new Set<string>();
  for (let last: readonly Kin[] = [...known.values()]; last.length > 0; ) {
    const ids = new Set(last.filter(waitsForParents).flatMap(({ dependencies }) => dependencies));
    const news = [...ids].filter((id) => !known.has(id) && !missing.has(id));
    const found: Kin[] = [];
    for (let start = 0; start < news.length; start += BATCH) {
      const batch = news.slice(start, start + BATCH);
      for (const [index, job] of (await storage.get(batch)).entries()) {
        if (job === undefined) missing.add(batch[index]!);
        else found.push(kinOf(job));
      }
    }
    for (const kin of found) known.set(kin.id, kin);
    last = found;
  }
  return known;
}

export function waitsForParents({ status, waitingOn }: Pick<Kin, "status" | "waitingOn">): boolean {
  return status === "pending" && waitingOn > 0;
}

function kinOf(job: JobRecord): Kin {
  const { seq, id, name, status, onParentFailure, dependencies, waitingOn, orphanedBy, runAt } =
    job;
  return { seq, id, name, status, onParentFailure, dependencies, waitingOn, orphanedBy, runAt };
}
