import type { Isolation } from "../job/isolation.js";
import { standingOf } from "../storage/standing.js";
import type { AttemptInHand, Storage, WorkerRecord } from "../storage/storage.js";

/** A worker of this queue. */
export interface WorkerInfo {
  /** The name that it was given, or has made; another may have the same. */
  readonly workerId: string;
  /** Tells it from all others, and from itself when it is started again. */
  readonly key: string;
  /** The name of its machine. */
  readonly host: string;
  /** As its own host, or container, counts processes. */
  readonly pid: number;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  /** How many jobs it runs at a time. */
  readonly concurrency: number;
  /** Where its jobs run. */
  readonly isolation: Isolation;
  /** Takes jobs of this priority or a higher one only; `null` for all. */
  readonly minPriority: number | null;
  /** Takes jobs with one of these names only, where `*` and `?` stand for others; `null` for all. */
  readonly names: readonly string[] | null;
  /** `dead` until another worker has settled what it had in hand, which takes a moment. */
  readonly state: "alive" | "dead";
  /** What it has claimed and not settled: short jobs are claimed ahead, and wait for their turn. */
  readonly jobs: readonly JobInHand[];
}

/** A job that a worker has in hand. */
export interface JobInHand {
  /** The job's UUID. */
  readonly id: string;
  /** The job's number. */
  readonly seq: number;
  /** The job's name. */
  readonly name: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** The name of the slot that it runs in. */
  readonly slot: string;
  /** When it was claimed, ISO 8601 in UTC. */
  readonly startedAt: string;
}

/** All workers that were enlisted and not dismissed, oldest first, and what they have in hand. */
export async function listWorkers(storage: Storage): Promise<WorkerInfo[]> {
  const records = await storage.workers();
  const dead = records.filter(({ key }) => standingOf(storage.meetingPlace, key) !== "alive");
  // One that has ended as it should was still known a moment ago, and is not any more.
  const known = dead.length === 0 ? [] : (await storage.workers()).map(({ key }) => key);
  const gone = dead.filter(({ key }) => !known.includes(key));
  const infos: WorkerInfo[] = [];
  for (const record of records) {
    if (gone.includes(record)) continue;
    const inHand = await storage.inHand(record.key);
    infos.push(infoOf(record, dead.includes(record) ? "dead" : "alive", inHand));
  }
  return infos;
}

function infoOf(
  { startedAt, ...record }: WorkerRecord,
  state: WorkerInfo["state"],
  inHand: readonly AttemptInHand[],
): WorkerInfo {
  const jobs = inHand.map((attempt) => ({
    id: attempt.job.id,
    seq: attempt.lease.seq,
    name: attempt.job.name,
    attempt: attempt.job.attempts,
    slot: attempt.lease.workerId,
    startedAt: new Date(attempt.startedAt).toISOString(),
  }));
  return { ...record, startedAt: new Date(startedAt).toISOString(), state, jobs };
}
