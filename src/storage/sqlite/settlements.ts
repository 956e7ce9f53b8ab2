import type { Database } from "better-sqlite3";
import { cancelInsteadOfRetry, isFinished, type Settlement } from "../../job/lifecycle.js";
import type { Family } from "./family.js";
import * as sql from "./sql.js";

/** Writes how attempts ended; inside the caller's write transaction. */
export class Settlements {
  readonly #settle;
  readonly #holdsLease;
  readonly #insertAttempt;
  readonly #family: Family;

  constructor(db: Database, family: Family) {
    this.#settle = db.prepare(sql.SETTLE);
    this.#holdsLease = db.prepare(sql.HOLDS_LEASE).pluck();
    this.#insertAttempt = db.prepare(sql.INSERT_ATTEMPT);
    this.#family = family;
  }

  /** Answers what was stored; `undefined` when the lease no longer holds, and nothing was. */
  apply(settlement: Settlement, now: number): Settlement | undefined {
    if (this.#write(settlement, now)) return settlement;
    const { seq, number, workerId } = settlement.lease;
    if (settlement.status !== "pending" || !this.#holdsLease.get(seq, number, workerId)) {
      return undefined;
    }
    const instead = cancelInsteadOfRetry(settlement);
    return this.#write(instead, now) ? instead : undefined;
  }

  #write(settlement: Settlement, now: number): boolean {
    const { lease, status, attempt } = settlement;
    const finishedAt = isFinished(status) ? settlement.endedAt : null;
    const { changes } = this.#settle.run(
      status,
      settlement.attempts,
      settlement.result,
      settlement.error,
      settlement.runAt,
      finishedAt,
      settlement.startedAt,
      now,
      lease.seq,
      lease.number,
      lease.workerId,
      status,
    );
    if (changes === 0) return false;
    if (attempt !== null) {
      this.#insertAttempt.run(
        lease.seq,
        lease.number,
        settlement.attempts,
        attempt.status,
        settlement.startedAt,
        settlement.endedAt,
        lease.workerId,
        attempt.error,
      );
    }
    if (status === "completed") this.#family.completed(lease.seq);
    else if (status === "pending") this.#family.cameBack(lease.seq);
    else if (isFinished(status)) this.#family.endedBadly(lease.seq, status, now);
    return true;
  }
}
