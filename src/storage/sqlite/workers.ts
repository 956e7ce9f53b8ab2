import type { Database } from "better-sqlite3";
import type { Isolation } from "../../job/isolation.js";
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

  enlist(worker: WorkerRecord): void {
    const { key, workerId, host, pid, startedAt, concurrency, isolation } = worker;
    const { minPriority, names } = worker;
    const namesColumn = names === null ? null : JSON.stringify(names);
    this.#enlist.run(
      ...[key, workerId, host, pid, startedAt],
      ...[concurrency, isolation, minPriority, namesColumn],
    );
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
      concurrency: row.concurrency,
      isolation: row.isolation,
      minPriority: row.min_priority,
      names: row.names === null ? null : JSON.parse(row.names),
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
  concurrency: number;
  isolation: Isolation;
  min_priority: number | null;
  names: string | null;
}
