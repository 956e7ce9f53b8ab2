import type { Database } from "better-sqlite3";
import type { JobRecord } from "../../job/job.js";
import { JOB_STATUSES, type JobStatus } from "../../job/lifecycle.js";
import type { Counts } from "../counts.js";
import type { ListQuery } from "../list-query.js";
import type { AttemptRecord, JobRef } from "../storage.js";
import { type AttemptRow, attemptOfRow, type JobRow, jobOfRow } from "./rows.js";
import * as sql from "./sql.js";

/** Reads jobs; changes nothing. */
export class Queries {
  readonly #db: Database;
  readonly #bySeq;
  readonly #byId;
  readonly #dependencies;
  readonly #attempts;

  constructor(db: Database) {
    this.#db = db;
    this.#bySeq = db.prepare<[number], JobRow>(sql.GET_BY_SEQ);
    this.#byId = db.prepare<[string], JobRow>(sql.GET_BY_ID);
    this.#dependencies = db.prepare<[number], string>(sql.DEPENDENCIES).pluck();
    this.#attempts = db.prepare<[number], AttemptRow>(sql.ATTEMPTS);
  }

  job(ref: JobRef): JobRecord | undefined {
    const row = typeof ref === "number" ? this.#bySeq.get(ref) : this.#byId.get(ref);
    return row && this.#record(row);
  }

  list({ statuses, name, endedSince, below, limit }: ListQuery): JobRecord[] {
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    if (statuses !== undefined) {
      conditions.push(`status in (${statuses.map(() => "?").join(", ")})`);
      values.push(...statuses);
    }
    if (name !== undefined) {
      conditions.push("name = ?");
      values.push(name);
    }
    if (endedSince !== undefined) {
      conditions.push("finished_at >= ?");
      values.push(endedSince);
    }
    if (below !== undefined) {
      conditions.push("seq < ?");
      values.push(below);
    }
    const where = conditions.length > 0 ? `where ${conditions.join(" and ")}` : "";
    return this.#db
      .prepare<unknown[], JobRow>(`select * from job ${where} order by seq desc limit ?`)
      .all(...values, limit)
      .map((row) => this.#record(row));
  }

  counts(): Counts {
    const counts = Object.fromEntries(JOB_STATUSES.map((status) => [status, 0]));
    const rows = this.#db
      .prepare<[], { status: JobStatus; count: number }>(sql.COUNT_BY_STATUS)
      .all();
    for (const { status, count } of rows) counts[status] = count;
    return {
      ...(counts as Record<JobStatus, number>),
      delayed: this.#db.prepare(sql.COUNT_DELAYED).pluck().get() as number,
      blocked: this.#db.prepare(sql.COUNT_BLOCKED).pluck().get() as number,
    };
  }

  attempts(seq: number): AttemptRecord[] {
    return this.#attempts.all(seq).map(attemptOfRow);
  }

  #record(row: JobRow): JobRecord {
    return jobOfRow(row, row.parents > 0 ? this.#dependencies.all(row.seq) : []);
  }
}
