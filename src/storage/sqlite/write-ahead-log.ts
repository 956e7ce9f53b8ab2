import { statSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { BUSY_TIMEOUT_MS } from "./open-database.js";
import { isTrouble } from "./sqlite-error.js";

/** A log that is longer than this is not left to itself. */
const LONG_BYTES = 64 * 1024 * 1024;

/** How often its length is looked at. */
const LOOK_EVERY_MS = 1_000;

/** Cutting takes at most about one part in so many of the time. */
const CUT_SHARE = 20;

/**
 * Keeps the write-ahead log short. SQLite moves it into the database every 1000 pages, but begins
 * it anew only at a moment when nobody reads; where readers always overlap, that moment never
 * comes by itself.
 */
export class WriteAheadLog {
  readonly #db: Database;
  readonly #path: string;
  #nextLookAt = 0;

  constructor(db: Database, path: string) {
    this.#db = db;
    this.#path = `${path}-wal`;
  }

  /** Cuts a long log, if readers are gone within SQLite's own short wait for locks. */
  keepShort(nowMs: () => number): void {
    const now = nowMs();
    if (now < this.#nextLookAt && now > this.#nextLookAt - 60_000) return;
    this.#nextLookAt = now + LOOK_EVERY_MS;
    if (this.#bytes <= LONG_BYTES) return;
    this.cut(BUSY_TIMEOUT_MS);
    this.#nextLookAt += CUT_SHARE * Math.max(0, nowMs() - now);
  }

  /**
   * Moves it into the database, and empties it too, unless others read or write for longer than
   * `waitMs`; for so long they could not write.
   */
  cut(waitMs: number): void {
    try {
      // The most of it without a lock that others would have to wait for.
      this.#db.pragma("wal_checkpoint(passive)");
      this.#db.pragma(`busy_timeout = ${waitMs}`);
      this.#db.pragma("wal_checkpoint(truncate)");
    } catch (error) {
      // It is as long as it was; what is wrong is told by whoever writes next.
      if (!isTrouble(error)) throw error;
    } finally {
      this.#db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  }

  get #bytes(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }
}
