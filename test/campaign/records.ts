import type { Database } from "better-sqlite3";
import type { JobStatus } from "../../src/index.js";
import type { Journal, Life } from "./journal.js";
import type { Run, Trace } from "./trace.js";

export interface JobRow {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly status: JobStatus;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly timeout_ms: number | null;
  readonly waiting_on: number;
  readonly on_parent_failure: "cancel" | "run" | "wait";
  readonly lease: number;
  readonly orphaned_by: number | null;
  readonly result: string | null;
  readonly error: string | null;
}

export interface AttemptRow {
  readonly job_seq: number;
  readonly lease: number;
  readonly attempt: number;
  readonly status: "completed" | "failed" | "timeout" | "lost" | "cancelled";
  readonly started_at: number;
  readonly ended_at: number;
  readonly worker_id: string;
  readonly error: string | null;
}

/** Everything that is known about a campaign when it is over, by job. */
export interface Records {
  readonly journal: Journal;
  /** Also those that had completed and were cleared. */
  readonly jobs: readonly JobRow[];
  /** How many of them were cleared. */
  readonly cleared: number;
  /** Those that are there still. */
  readonly jobOf: ReadonlyMap<string, JobRow>;
  /** By number of the job, in order of their leases. */
  readonly attemptsOf: ReadonlyMap<number, readonly AttemptRow[]>;
  /** By id of the job, in the order in which they began. */
  readonly runsOf: ReadonlyMap<string, readonly Run[]>;
  /** Ids of a job's parents, also of a job that was cleared if it was acknowledged. */
  readonly parentsOf: ReadonlyMap<string, readonly string[]>;
  /** Jobs that may have got another life, because they or a parent were requeued. */
  readonly revived: ReadonlySet<string>;
}

export function readRecords(db: Database, journal: Journal, trace: Trace): Records {
  const jobs = db.prepare<[], JobRow>("select * from job order by seq").all();
  const attempts = db
    .prepare<[], AttemptRow>("select * from attempt order by job_seq, lease")
    .all();
  const edges = db
    .prepare<[], { id: string; parent: string }>(
      `select id, parent_id as parent
       from dependency join job on seq = child_seq
       order by seq, position`,
    )
    .all();
  const parentsOf = new Map(
    groups(
      edges,
      ({ id }) => id,
      ({ parent }) => parent,
    ),
  );
  for (const { id, dependencies } of journal.acknowledged.values()) {
    if (dependencies.length > 0) parentsOf.set(id, [...dependencies]);
  }
  const jobOf = new Map(jobs.map((job) => [job.id, job]));
  const cleared = [...journal.completed.values()].filter(({ job }) => !jobOf.has(job.id));
  attempts.push(...cleared.flatMap((one) => one.attempts));
  const isKnown = (id: string) => jobOf.has(id) || journal.acknowledged.has(id);
  return {
    journal,
    jobs: [...jobs, ...cleared.map(({ job }) => job)],
    cleared: cleared.length,
    jobOf,
    attemptsOf: groups(
      attempts,
      ({ job_seq }) => job_seq,
      (row) => row,
    ),
    runsOf: groups(
      trace.runs,
      ({ jobId }) => jobId,
      (run) => run,
    ),
    parentsOf,
    revived: withDescendants(journal.requeued, parentsOf, isKnown),
  };
}

/** In whose life an attempt was: `worker2.17-3` is a slot of `worker2.17`. */
export function lifeOf({ journal }: Records, slot: string): Life | undefined {
  return journal.lives.get(playerOf(slot));
}

export function playerOf(slot: string): string {
  return slot.replace(/-\d+$/, "");
}

/**
 * What a robbed worker itself runs goes on when it does: nobody can end it but the worker. And what
 * it had claimed just before it was suspended may still begin then. Its children before that are
 * none of these: whoever takes it for dead has ended them first.
 */
export function isRobbed({ journal }: Records, run: Run): boolean {
  const life = journal.lives.get(run.player);
  if (life?.struck?.how !== "robbed") return false;
  return life.isolation !== "process" || run.begin.ns > (life.letGo?.ns ?? Infinity);
}

/** These jobs, and all that depend on them; and what depends on jobs of which nothing is known any more. */
function withDescendants(
  seeds: ReadonlySet<string>,
  parentsOf: ReadonlyMap<string, readonly string[]>,
  isKnown: (id: string) => boolean,
): ReadonlySet<string> {
  const edges = [...parentsOf].flatMap(([child, parents]) =>
    parents.map((parent) => ({ child, parent })),
  );
  const childrenOf = groups(
    edges,
    ({ parent }) => parent,
    ({ child }) => child,
  );
  const found = new Set<string>();
  const next = [...seeds, ...[...childrenOf.keys()].filter((id) => !isKnown(id))];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    next.push(...(childrenOf.get(id) ?? []));
  }
  return found;
}

function groups<T, K, V>(list: readonly T[], keyOf: (one: T) => K, take: (one: T) => V) {
  const byKey = new Map<K, V[]>();
  for (const one of list) {
    const key = keyOf(one);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [take(one)]);
    else group.push(take(one));
  }
  return byKey;
}
