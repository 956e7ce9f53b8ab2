import Database from "better-sqlite3";
import type { AttemptRow, JobRow } from "./records.js";

/** Looks into the database while others work with it; changes nothing. */
export class Window {
  readonly #db: Database.Database;

  constructor(path: string) {
    this.#db = new Database(path, { readonly: true, timeout: 5_000 });
  }

  /** Ids of jobs with one of these statuses. */
  ids(...statuses: string[]): string[] {
    const marks = statuses.map(() => "?").join(", ");
    return this.#db
      .prepare<string[], string>(`select id from job where status in (${marks}) order by seq`)
      .pluck()
      .all(...statuses);
  }

  /** How many jobs can still change without anybody's doing. */
  unfinished(): number {
    return this.#db
      .prepare<[], number>(
        "select count(*) from job where status = 'running' or (status = 'pending' and waiting_on = 0)",
      )
      .pluck()
      .get()!;
  }

  /** The key of a worker that others know. */
  keyOf(workerId: string): string | undefined {
    return this.#db
      .prepare<[string], string>("select key from worker where worker_id = ?")
      .pluck()
      .get(workerId);
  }

  /** Completed jobs, and their attempts: nothing about them changes any more. */
  completed(): { jobs: JobRow[]; attempts: AttemptRow[] } {
    return this.#db.transaction(() => ({
      jobs: this.#db.prepare<[], JobRow>("select * from job where status = 'completed'").all(),
      attempts: this.#db
        .prepare<[], AttemptRow>(
          `select attempt.*
           from attempt join job on seq = job_seq
           where job.status = 'completed'
           order by job_seq, lease`,
        )
        .all(),
    }))();
  }

  /** The numbers of the jobs that a worker has in hand. */
  inHand(key: string): number[] {
    return this.#db
      .prepare<[string], number>("select seq from job where status = 'running' and worker_key = ?")
      .pluck()
      .all(key);
  }

  /** Any of these jobs is in somebody's hands. */
  areRunning(seqs: readonly number[]): boolean {
    const marks = seqs.map(() => "?").join(", ");
    return (
      this.#db
        .prepare(`select 1 from job where status = 'running' and seq in (${marks})`)
        .get(...seqs) !== undefined
    );
  }

  /** Pending jobs that wait for another number of parents than they should. */
  miscounted(): string[] {
    return this.#db
      .prepare<[], { seq: number; waiting_on: number; should: number }>(
        `select * from (
           select job.seq, job.waiting_on, (
             select count(*)
             from dependency d
             join job p on p.seq = d.parent_seq
             where d.child_seq = job.seq and p.status <> 'completed'
               and not (job.on_parent_failure = 'run'
                 and p.status in ('failed', 'timeout', 'cancelled'))
           ) as should
           from job
           where job.status = 'pending'
         ) where waiting_on <> should`,
      )
      .all()
      .map((row) => `job #${row.seq} waits for ${row.waiting_on} parents instead of ${row.should}`);
  }

  /** Nobody is in the middle of writing, not even one that was suspended there. */
  get isFree(): boolean {
    const db = new Database(this.#db.name, { timeout: 300 });
    try {
      db.exec("begin immediate; rollback");
      return true;
    } catch {
      return false;
    } finally {
      db.close();
    }
  }

  close(): void {
    this.#db.close();
  }
}
