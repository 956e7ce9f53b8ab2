import type { Database } from "better-sqlite3";

/** At most so many of the jobs that depend on one, in order; served by `dependency_parent`. */
export const CHILDREN_OF: string = `
select distinct child_seq
from dependency
where parent_seq = ?
order by child_seq
limit ?`;

/** Answers how jobs stand to each other; changes nothing. */
export class Relations {
  readonly #children;

  constructor(db: Database) {
    this.#children = db.prepare<[number, number], number>(CHILDREN_OF).pluck();
  }

  children(seq: number, limit: number): number[] {
    return this.#children.all(seq, limit);
  }
}
