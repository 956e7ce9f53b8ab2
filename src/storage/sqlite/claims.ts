import type { Database } from "better-sqlite3";
import type { Lease, ParentResult } from "../../job/job.js";
import { NO_FILTER } from "../../job/job-filter.js";
import type { AdvanceStep, Claim } from "../storage.js";
import { ReadyJobs } from "./ready-jobs.js";
import { claimedJobOfRow, type JobRow } from "./rows.js";
import * as sql from "./sql.js";

/** Finds ready jobs and gives them to workers. */
export class Claims {
  readonly #ready: ReadyJobs;
  readonly #claim;
  readonly #parentResults;
  readonly #promoteDue;
  readonly #nextDue;
  readonly #toKill;

  constructor(db: Database) {
    this.#ready = new ReadyJobs(db);
    this.#claim = db.prepare(sql.CLAIM);
    this.#parentResults = db.prepare<[number], ParentResult>(sql.PARENT_RESULTS);
    this.#promoteDue = db.prepare(sql.PROMOTE_DUE);
    this.#nextDue = db.prepare<[], number | null>(sql.NEXT_DUE).pluck();
    this.#toKill = db.prepare<[string], { seq: number; lease: number; worker_id: string }>(
      sql.TO_KILL,
    );
  }

  /** Says, by reading only, whether a claim would find a job now. */
  worthwhile({ filter = NO_FILTER, now }: AdvanceStep): boolean {
    // In this order: what is made for a filter is then made here, where no rollback takes it away.
    return this.#ready.any(filter) || (this.nextDueAt() ?? Number.MAX_VALUE) <= now;
  }

  /** Claims one ready job for each claimant; inside the caller's write transaction. */
  take(step: AdvanceStep): Claim[] {
    const { claimants, only, filter = NO_FILTER, now } = step;
    this.#promoteDue.run(now);
    const rows =
      only === undefined
        ? this.#ready.first(claimants.length, filter)
        : this.#ready.only(only, filter);
    return rows.map((row, index) => this.#give(row, step, index));
  }

  /** When the next delayed job is due, ms UTC. */
  nextDueAt(): number | undefined {
    return this.#nextDue.get() ?? undefined;
  }

  /** Attempts in the hands of `worker` that somebody wants killed. */
  toKill(worker: string): Lease[] {
    return this.#toKill
      .all(worker)
      .map((row) => ({ seq: row.seq, number: row.lease, workerId: row.worker_id }));
  }

  #give(row: JobRow, { worker, claimants, firstTurn, now }: AdvanceStep, index: number): Claim {
    const workerId = claimants[index]!;
    const turn = firstTurn + index;
    this.#claim.run(workerId, worker, turn, now, now, row.seq);
    const wanted = row.parents > 0 && row.pass_parent_results !== 0;
    return {
      lease: { seq: row.seq, number: row.lease + 1, workerId },
      turn,
      job: claimedJobOfRow(row),
      parentResults: wanted ? this.#parentResults.all(row.seq) : null,
    };
  }
}
