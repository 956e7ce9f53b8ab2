import type { Database } from "better-sqlite3";
import type { AttemptInHand, WorkerRecord } from "../storage.js";
import { attemptInHandOfRow, type JobRow } from "./rows.js";
import * as sql from "./sql.js";

/** Knows the workers, and what each has in hand. */
export class Workers {
  readonly #enlist;
  readonly #isEnlisted;
  readonly #all;
  readonly #inHand;
  readonly #dismiss;

  constructor(db: Database) {
    this.#enlist = db.prepare(sql.ENLIST);
    this.#isEnlisted = db.prepare<[string], 1>(sql.IS_ENLISTED).pluck();
    this.#all = db.prepare<[], WorkerRow>(sql.WORKERS);
    this.#inHand = db.prepare<[string], JobRow>(sql.IN_HAND);
    this.#dismiss = db.prepare(sql.DISMISS);
  }

  enlist({ key, workerId, host, pid, startedAt }: WorkerRecord): void {
    this.#enlist.run(key, workerId, host, pid, startedAt);
  }

  isEnlisted(key: string): boolean {
    return this.#isEnlisted.get(key) !== undefined;
  }

  all(): WorkerRecord[] {
    return this.#all.all().map((row) => ({
      key: row.key,
      workerId: row.worker_id,
      host: row.host,
      pid: row.pid,
      startedAt: row.started_at,
    }));
  }

  inHand(key: string): AttemptInHand[] {
    return this.#inHand.all(key).map(attemptInHandOfRow);
  }

  dismiss(key: string): boolean {
    if (this.#inHand.get(key) !== undefined) return false;
    this.#dismiss.run(key);
    return true;
  }
}

interface WorkerRow {
  key: string;
  worker_id: string;
  host: string;
  pid: number;
  started_at: number;
}
