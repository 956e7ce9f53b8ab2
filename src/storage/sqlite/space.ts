import type { Database } from "better-sqlite3";
import type { Shrunk } from "../upkeep.js";

/** SQLite's name for a database whose unused pages can be given back a few at a time. */
const INCREMENTAL = 2;

/** Unused pages of the database. */
export class Space {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Moves used pages from the end into unused ones; inside the caller's write transaction. */
  shrink(pages: number): Omit<Shrunk, "heldMs"> {
    const before = this.#number("freelist_count");
    if (pages > 0 && this.canShrink) this.#db.pragma(`incremental_vacuum(${pages})`);
    const left = this.#number("freelist_count");
    const pageBytes = this.#number("page_size");
    return {
      givenBytes: (before - left) * pageBytes,
      leftBytes: left * pageBytes,
      more: left > 0 && left < before,
    };
  }

  /** False for a queue that was created before gigq gave space back, and for one without any. */
  get canShrink(): boolean {
    return this.#number("auto_vacuum") === INCREMENTAL && this.#number("freelist_count") > 0;
  }

  #number(pragma: string): number {
    return this.#db.pragma(pragma, { simple: true }) as number;
  }
}
