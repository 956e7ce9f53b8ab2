import type { Database } from "better-sqlite3";
import { GigqError } from "../../errors.js";
import type { JobSpec } from "../../job/job.js";
import type { Family } from "./family.js";
import { triStateColumn } from "./rows.js";
import * as sql from "./sql.js";

/** Stores new jobs with their dependencies; inside the caller's write transaction. */
export class Inserts {
  readonly #insertJob;
  readonly #insertDependency;
  readonly #seqOfId;
  readonly #family: Family;

  constructor(db: Database, family: Family) {
    this.#insertJob = db.prepare(sql.INSERT_JOB);
    this.#insertDependency = db.prepare(sql.INSERT_DEPENDENCY);
    this.#seqOfId = db.prepare<[string], number>(sql.SEQ_OF_ID).pluck();
    this.#family = family;
  }

  /** Parents may come after their children in the batch. */
  all(jobs: readonly JobSpec[], now: number): number[] {
    const seqs = jobs.map((job) => this.#job(job, now));
    jobs.forEach((job, index) => {
      this.#dependencies(job, seqs[index]!);
    });
    this.#family.joined(
      seqs.filter((_, index) => jobs[index]!.dependencies.length > 0),
      now,
    );
    return seqs;
  }

  #job(job: JobSpec, now: number): number {
    try {
      return this.#insert(job, now);
    } catch (error) {
      throw (error as { code?: unknown }).code === "SQLITE_CONSTRAINT_UNIQUE"
        ? submittedAlready(job)
        : error;
    }
  }

  #insert(job: JobSpec, now: number): number {
    const { lastInsertRowid } = this.#insertJob.run(
      job.id,
      job.name,
      job.function,
      job.description,
      job.priority,
      job.maxAttempts,
      job.timeoutMs,
      job.retryDelayMs,
      job.backoff,
      job.onParentFailure,
      triStateColumn(job.passParentResults),
      job.dependencies.length,
      job.runAt !== null && job.runAt > now ? job.runAt : null,
      now,
      now,
      job.params,
    );
    return Number(lastInsertRowid);
  }

  #dependencies(job: JobSpec, seq: number): void {
    job.dependencies.forEach((parentId, position) => {
      const parentSeq = this.#seqOfId.get(parentId);
      if (parentSeq === undefined) {
        throw new GigqError(
          "unknown-parent",
          `${job.name} depends on ${parentId}, and there is no such job`,
          {
            hint: "Submit the parent first, or name another; gigq list shows what is there",
          },
        );
      }
      this.#insertDependency.run(seq, position, parentSeq, parentId);
    });
  }
}

function submittedAlready(job: JobSpec): GigqError {
  return new GigqError("usage", `${job.name} has been submitted already, as ${job.id}`, {
    hint: "Make a new Job for each submit",
  });
}
