import type { Database } from "better-sqlite3";
import type { LogPiece, LogQuery, Writing } from "../log.js";
import * as sql from "./sql.js";

/** Keeps what attempts write while they run. */
export class Logs {
  readonly #holdsLease;
  readonly #insert;
  readonly #forget;
  readonly #read;
  readonly #setProgress;

  constructor(db: Database) {
    this.#holdsLease = db.prepare(sql.HOLDS_LEASE).pluck();
    this.#insert = db.prepare(sql.INSERT_LOG);
    this.#forget = db.prepare(sql.FORGET_LOG);
    this.#read = db.prepare<[number, number, number], LogPiece>(sql.READ_LOG);
    this.#setProgress = db.prepare(sql.SET_PROGRESS);
  }

  /** Inside the caller's write transaction. An attempt that is settled already is written no more. */
  apply({ lease, log, forget, progress }: Writing): void {
    const { seq, number, workerId } = lease;
    if (this.#holdsLease.get(seq, number, workerId) === undefined) return;
    if (forget !== undefined) this.#forget.run(seq, number, forget.from, forget.to);
    for (const { position, at, stream, bytes } of log) {
      this.#insert.run(seq, number, position, at, stream, bytes);
    }
    if (progress !== undefined) this.#setProgress.run(progress, seq);
  }

  read({ seq, lease, from, limitBytes }: LogQuery): LogPiece[] {
    const pieces: LogPiece[] = [];
    let size = 0;
    for (const piece of this.#read.iterate(seq, lease, from)) {
      pieces.push(piece);
      size += piece.bytes.length;
      if (size >= limitBytes) break;
    }
    return pieces;
  }
}
