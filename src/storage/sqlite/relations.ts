import type { Database } from "better-sqlite3";
import type { Ahead } from "../counts.js";
import { READY } from "./sql.js";

/** At most so many of the jobs that depend on one, in order; served by `dependency_parent`. */
export const CHILDREN_OF: string = `
select distinct child_seq
from dependency
where parent_seq = ?
order by child_seq
limit ?`;

/** How many ready jobs are of a higher priority; served by `job_ready`. */
export const COUNT_HIGHER: string = `
select count(*)
from (
  select 1
  from job indexed by job_ready
  where ${READY} and priority > ?
  limit ?
)`;

/** How many ready jobs of the same priority were submitted earlier; served by `job_ready`. */
export const COUNT_EARLIER: string = `
select count(*)
from (
  select 1
  from job indexed by job_ready
  where ${READY} and priority = ? and seq < ?
  limit ?
)`;

/** Answers how jobs stand to each other; changes nothing. */
export class Relations {
  readonly #children;
  readonly #higher;
  readonly #earlier;

  constructor(db: Database) {
    this.#children = db.prepare<[number, number], number>(CHILDREN_OF).pluck();
    this.#higher = db.prepare<[number, number], number>(COUNT_HIGHER).pluck();
    this.#earlier = db.prepare<[number, number, number], number>(COUNT_EARLIER).pluck();
  }

  children(seq: number, limit: number): number[] {
    return this.#children.all(seq, limit);
  }

  ahead(priority: number, seq: number, limit: number): Ahead {
    return {
      higher: this.#higher.get(priority, limit)!,
      earlier: this.#earlier.get(priority, seq, limit)!,
    };
  }
}
