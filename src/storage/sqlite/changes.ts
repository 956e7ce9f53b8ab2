import type { Database } from "better-sqlite3";
import type { Change, ChangeVerb } from "../storage.js";
import { Downstream } from "./downstream.js";
import type { Family } from "./family.js";
import * as sql from "./sql.js";

const CANCELLED_BY_USER = "cancelled before it ran";

/** What became of a job, and of others for its sake. */
export interface Changed {
  readonly changed: boolean;
  readonly followed: readonly number[];
}

const REFUSED: Changed = { changed: false, followed: [] };

/** What people do to jobs; inside the caller's write transaction. */
export class Changes {
  readonly #cancel;
  readonly #requestKill;
  readonly #requeue;
  readonly #family: Family;
  readonly #downstream: Downstream;

  constructor(db: Database, family: Family) {
    this.#cancel = db.prepare(sql.CANCEL);
    this.#requestKill = db.prepare(sql.REQUEST_KILL);
    this.#requeue = db.prepare(sql.REQUEUE);
    this.#family = family;
    this.#downstream = new Downstream(db);
  }

  all(seqs: readonly number[], verb: ChangeVerb, now: number): Change[] {
    return together(seqs, (seq) => this.#apply(seq, verb, now));
  }

  cancelDownstream(seqs: readonly number[], force: boolean, now: number): Change[] {
    return together(seqs, (seq) => {
      const status = this.#downstream.statusOf(seq);
      if (status === undefined || (status === "running" && !force)) return REFUSED;
      const changed =
        (status === "pending" && this.#cancel.run(CANCELLED_BY_USER, now, now, seq).changes > 0) ||
        (status === "running" && this.#requestKill.run(now, seq).changes > 0);
      return { changed, followed: this.#downstream.cancel(seq, force, now) };
    });
  }

  #apply(seq: number, verb: ChangeVerb, now: number): Changed {
    switch (verb) {
      case "cancel": {
        const changed = this.#cancel.run(CANCELLED_BY_USER, now, now, seq).changes > 0;
        return { changed, followed: changed ? this.#family.endedBadly(seq, "cancelled", now) : [] };
      }
      case "kill":
        return { changed: this.#requestKill.run(now, seq).changes > 0, followed: [] };
      case "requeue": {
        if (this.#family.isOrphan(seq)) return REFUSED;
        const changed = this.#requeue.run(now, seq).changes > 0;
        return { changed, followed: changed ? this.#family.revived(seq, now) : [] };
      }
    }
  }
}

/** A job that changed for the sake of another that was named too counts as changed itself, and once. */
function together(seqs: readonly number[], apply: (seq: number) => Changed): Change[] {
  const named = new Set(seqs);
  const results = seqs.map(apply);
  const followed = new Set(results.flatMap((result) => result.followed));
  return seqs.map((seq, index) => {
    const { changed, followed: others } = results[index]!;
    return {
      seq,
      changed: changed || followed.has(seq),
      followed: others.filter((other) => !named.has(other)).length,
    };
  });
}
