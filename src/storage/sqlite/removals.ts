import type { Database } from "better-sqlite3";
import type { JobStatus } from "../../job/lifecycle.js";
import type { Removed, RemoveQuery } from "../removal.js";
import * as sql from "./sql.js";

/** With more than so many bytes of logs, the rest is left to the next call: the lock is not held for long. */
const MOST_LOG_BYTES = 4 * 1024 * 1024;

/** Removes finished jobs; attempts and dependencies go with them, by foreign key. */
export class Removals {
  readonly #finishedJobs;
  readonly #statusOf;
  readonly #neededBy;
  readonly #logBytes;
  readonly #deleteJob;

  constructor(db: Database) {
    this.#finishedJobs = db
      .prepare<[JobStatus, number, number, number], number>(sql.FINISHED_JOBS)
      .pluck();
    this.#statusOf = db.prepare<[number], JobStatus>(sql.STATUS_OF).pluck();
    this.#neededBy = db.prepare<[number, JobStatus], number>(sql.NEEDED_BY).pluck();
    this.#logBytes = db.prepare<[number], number>(sql.LOG_BYTES).pluck();
    this.#deleteJob = db.prepare(sql.DELETE_JOB);
  }

  candidates({ status, below, before, limit }: RemoveQuery): number[] {
    const no = Number.MAX_SAFE_INTEGER;
    return this.#finishedJobs.all(status, below ?? no, before ?? no, limit);
  }

  /** Looks at each candidate again: it may have been requeued since it was found. */
  remove(query: RemoveQuery, candidates: readonly number[]): Omit<Removed, "heldMs"> {
    const gone = query.gone ?? new Set<number>();
    let removed = 0;
    let kept = 0;
    let logBytes = 0;
    for (const seq of candidates) {
      if (gone.has(seq) || this.#statusOf.get(seq) !== query.status) continue;
      if (this.#isNeeded(seq, query.status, gone)) {
        kept += 1;
        continue;
      }
      removed += 1;
      if (query.dryRun) {
        gone.add(seq);
        continue;
      }
      logBytes += this.#logBytes.get(seq)!;
      this.#deleteJob.run(seq);
      if (logBytes > MOST_LOG_BYTES) return { removed, kept, next: seq };
    }
    const next = candidates.length < query.limit ? undefined : candidates.at(-1);
    return { removed, kept, next };
  }

  /** In a dry run the children that would be gone are still there, and do not count. */
  #isNeeded(seq: number, status: JobStatus, gone: ReadonlySet<number>): boolean {
    for (const child of this.#neededBy.iterate(seq, status)) {
      if (!gone.has(child)) return true;
    }
    return false;
  }
}
