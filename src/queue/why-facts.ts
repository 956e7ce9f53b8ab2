import type { Clock } from "../clock.js";
import type { JobRecord } from "../job/job.js";
import type { Ahead } from "../storage/counts.js";
import type { AttemptRecord, JobRef, Storage } from "../storage/storage.js";
import { gatherKin, type Kin, type KinById } from "./kin.js";
import { listWorkers, type WorkerInfo } from "./list-workers.js";
import { gatherCauses } from "./to-requeue.js";
import { unknownJob } from "./unknown-job.js";

/** All that must be known to tell why a job is not running. */
export interface WhyFacts {
  readonly job: JobRecord;
  /** Its latest attempt that ended. */
  readonly lastAttempt: Pick<AttemptRecord, "error"> | undefined;
  /** The job, and what it waits for. */
  readonly kin: KinById;
  /** For whose sake any of them was cancelled. */
  readonly causes: ReadonlyMap<number, Pick<Kin, "seq" | "id" | "name" | "status" | "orphanedBy">>;
  readonly workers: readonly WorkerInfo[];
  /** The ready jobs that come first. */
  readonly ahead: Ahead;
  /** So many of each kind were counted, and no more. */
  readonly countedTo: number;
  /** ms UTC. */
  readonly now: number;
}

/** Jobs that come first are counted up to so many. */
const COUNT_TO = 10_000;

/** Rejects with `unknown-job`. */
export async function gatherFacts(storage: Storage, clock: Clock, ref: JobRef): Promise<WhyFacts> {
  const [job] = await storage.get([ref]);
  if (job === undefined) throw unknownJob(ref);
  const kin = await gatherKin(storage, [job]);
  const [lastAttempt] = (await storage.attempts([job.seq])).slice(-1);
  return {
    job,
    lastAttempt,
    kin,
    causes: await gatherCauses(storage, [...kin.values()]),
    workers: await listWorkers(storage),
    ahead: await storage.ahead(job.priority, job.seq, COUNT_TO),
    countedTo: COUNT_TO,
    now: clock.now(),
  };
}
