import type { Database } from "better-sqlite3";
import type { Change, ChangeVerb } from "../storage.js";
import type { Family } from "./family.js";
import * as sql from "./sql.js";

const CANCELLED_BY_USER = "cancelled before it ran";

/** What people do to jobs; inside the caller's write transaction. */
export class Changes {
  readonly #cancel;
  readonly #requestKill;
  readonly #requeue;
  readonly #family: Family;

  constructor(db: Database, family: Family) {
    this.#cancel = db.prepare(sql.CANCEL);
    this.#requestKill = db.prepare(sql.REQUEST_KILL);
    this.#requeue = db.prepare(sql.REQUEUE);
    this.#family = family;
  }

  apply(seq: number, verb: ChangeVerb, now: number): Change {
    switch (verb) {
      case "cancel": {
        const changed = this.#cancel.run(CANCELLED_BY_USER, now, now, seq).changes > 0;
        const followed = changed ? this.#family.endedBadly(seq, "cancelled", now) : 0;
        return { seq, changed, followed };
      }
      case "kill":
        return { seq, changed: this.#requestKill.run(now, seq).changes > 0, followed: 0 };
      case "requeue": {
        if (this.#family.isOrphan(seq)) return { seq, changed: false, followed: 0 };
        const changed = this.#requeue.run(now, seq).changes > 0;
        return { seq, changed, followed: changed ? this.#family.revived(seq, now) : 0 };
      }
    }
  }
}
