import type { Database } from "better-sqlite3";
import type { JobStatus } from "../../job/lifecycle.js";
import type { Removed, RemoveQuery } from "../storage.js";
import * as sql from "./sql.js";

/** Removes finished jobs; attempts and dependencies go with them, by foreign key. */
export class Removals {
  readonly #finishedJobs;
  readonly #statusOf;
  readonly #isNeeded;
  readonly #deleteJob;

  constructor(db: Database) {
    this.#finishedJobs = db
      .prepare<[JobStatus, number, number, number], number>(sql.FINISHED_JOBS)
      .pluck();
    this.#statusOf = db.prepare<[number], JobStatus>(sql.STATUS_OF).pluck();
    this.#isNeeded = db.prepare<[number, JobStatus], 1>(sql.IS_NEEDED).pluck();
    this.#deleteJob = db.prepare(sql.DELETE_JOB);
  }

  candidates({ status, below, before, limit }: RemoveQuery): number[] {
    const no = Number.MAX_SAFE_INTEGER;
    return this.#finishedJobs.all(status, below ?? no, before ?? no, limit);
  }

  /** Looks at each candidate again: it may have been requeued since it was found. */
  remove(query: RemoveQuery, candidates: readonly number[]): Removed {
    let removed = 0;
    let kept = 0;
    for (const seq of candidates) {
      if (this.#statusOf.get(seq) !== query.status) continue;
      if (this.#isNeeded.get(seq, query.status) !== undefined) {
        kept += 1;
      } else {
        if (!query.dryRun) this.#deleteJob.run(seq);
        removed += 1;
      }
    }
    return { removed, kept, next: candidates.length < query.limit ? undefined : candidates.at(-1) };
  }
}
