import type { Database } from "better-sqlite3";
import type { Lease } from "../../job/job.js";
import type { Settlement } from "../../job/lifecycle.js";
import type { Advanced, AdvanceStep, AttemptInHand, WorkerRecord } from "../storage.js";
import { Claims } from "./claims.js";
import type { Family } from "./family.js";
import { Logs } from "./logs.js";
import { Settlements } from "./settlements.js";
import { Workers } from "./workers.js";

/** What only workers do with a queue, and those who ask for them. */
export class WorkerSide {
  readonly #claims: Claims;
  readonly #settlements: Settlements;
  readonly #logs: Logs;
  readonly #workers: Workers;

  constructor(db: Database, family: Family) {
    this.#claims = new Claims(db);
    this.#settlements = new Settlements(db, family);
    this.#logs = new Logs(db);
    this.#workers = new Workers(db);
  }

  /** Says, by reading only, whether a step could claim something. */
  couldClaim(step: AdvanceStep): boolean {
    return this.#claims.worthwhile(step);
  }

  /** Inside the caller's write transaction. */
  advance(step: AdvanceStep): Advanced {
    const stale: Lease[] = [];
    const overruled: Settlement[] = [];
    for (const writing of step.writings ?? []) this.#logs.apply(writing);
    for (const settlement of step.settlements) {
      const stored = this.#settlements.apply(settlement, step.now);
      if (stored === undefined) stale.push(settlement.lease);
      else if (stored !== settlement) overruled.push(stored);
    }
    const mayClaim = step.claimants.length > 0 && this.#workers.isEnlisted(step.worker);
    const claims = mayClaim ? this.#claims.take(step) : [];
    return { claims, stale, overruled, ...this.#outlook(step) };
  }

  /** What a worker hears that has nothing to write. */
  look(step: AdvanceStep): Advanced {
    return { claims: [], stale: [], overruled: [], ...this.#outlook(step) };
  }

  #outlook({ worker }: AdvanceStep): Pick<Advanced, "dismissed" | "toKill" | "nextDueAt"> {
    return {
      dismissed: !this.#workers.isEnlisted(worker),
      toKill: this.#claims.toKill(worker),
      nextDueAt: this.#claims.nextDueAt(),
    };
  }

  enlist(worker: WorkerRecord): void {
    this.#workers.enlist(worker);
  }

  workers(): WorkerRecord[] {
    return this.#workers.all();
  }

  inHand(key: string): AttemptInHand[] {
    return this.#workers.inHand(key);
  }

  dismiss(key: string): boolean {
    return this.#workers.dismiss(key);
  }
}
