import { realpathSync } from "node:fs";
import type { Database, Transaction } from "better-sqlite3";
import type { Clock } from "../../clock.js";
import type { JobRecord, JobSpec, Lease } from "../../job/job.js";
import type { Settlement } from "../../job/lifecycle.js";
import type { Ahead, Counts } from "../counts.js";
import type { ListQuery } from "../list-query.js";
import type { LogPiece, LogQuery } from "../log.js";
import type { OpenOptions } from "../open-storage.js";
import { refuseCycles } from "../order.js";
import type { Removed, RemoveQuery } from "../removal.js";
import type {
  Advanced,
  AdvanceStep,
  AttemptInHand,
  AttemptRecord,
  Change,
  ChangeVerb,
  JobRef,
  Storage,
  WorkerRecord,
} from "../storage.js";
import type { Backup, BackupOptions, Shrunk } from "../upkeep.js";
import { Changes } from "./changes.js";
import { Claims } from "./claims.js";
import { Family } from "./family.js";
import { Inserts } from "./inserts.js";
import { Logs } from "./logs.js";
import { openDatabase } from "./open-database.js";
import { patiently } from "./patience.js";
import { Queries } from "./queries.js";
import { Relations } from "./relations.js";
import { Removals } from "./removals.js";
import { SameFile } from "./same-file.js";
import { Settlements } from "./settlements.js";
import { Space } from "./space.js";
import { watchFile } from "./watch-file.js";
import { Workers } from "./workers.js";
import { WriteAheadLog } from "./write-ahead-log.js";

/** Opens the queue at `path`; see `openDatabase` for what is refused. */
export async function openSqlite(path: string, options: OpenOptions): Promise<Storage> {
  const db = await patiently(options.clock, path, () => openDatabase(path, options));
  return new SqliteStorage(db, path, options.clock);
}

class SqliteStorage implements Storage {
  readonly #db: Database;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #transaction: Transaction<(action: () => unknown) => unknown>;
  readonly #queries: Queries;
  readonly #relations: Relations;
  readonly #inserts: Inserts;
  readonly #claims: Claims;
  readonly #settlements: Settlements;
  readonly #logs: Logs;
  readonly #changes: Changes;
  readonly #removals: Removals;
  readonly #workers: Workers;
  readonly #space: Space;
  readonly #file: SameFile;
  readonly #realPath: string;
  readonly #log: WriteAheadLog;

  constructor(db: Database, path: string, clock: Clock) {
    const family = new Family(db);
    this.#db = db;
    this.#path = path;
    this.#clock = clock;
    this.#transaction = db.transaction((action) => action());
    this.#queries = new Queries(db);
    this.#relations = new Relations(db);
    this.#inserts = new Inserts(db, family);
    this.#claims = new Claims(db);
    this.#settlements = new Settlements(db, family);
    this.#logs = new Logs(db);
    this.#changes = new Changes(db, family);
    this.#removals = new Removals(db);
    this.#workers = new Workers(db);
    this.#space = new Space(db);
    this.#file = new SameFile(path);
    this.#realPath = realpathSync(path);
    this.#log = new WriteAheadLog(db, path);
  }

  /** Under the name that the file really has, as SQLite calls its own files, whatever links lead there. */
  get meetingPlace(): string {
    return `${this.#realPath}-workers`;
  }

  get identity(): string {
    return this.#file.opened ?? this.#realPath;
  }

  insert(jobs: readonly JobSpec[], now: number): Promise<number[]> {
    return this.#write(() => {
      refuseCycles(jobs);
      return this.#inserts.all(jobs, now);
    });
  }

  get(refs: readonly JobRef[]): Promise<(JobRecord | undefined)[]> {
    return this.#read(() => refs.map((ref) => this.#queries.job(ref)));
  }

  list(query: ListQuery): Promise<JobRecord[]> {
    return this.#read(() => this.#queries.list(query));
  }

  counts(): Promise<Counts> {
    return this.#read(() => this.#queries.counts());
  }

  children(seqs: readonly number[], limit: number): Promise<number[][]> {
    return this.#read(() => seqs.map((seq) => this.#relations.children(seq, limit)));
  }

  ahead(priority: number, seq: number, limit: number): Promise<Ahead> {
    return this.#read(() => this.#relations.ahead(priority, seq, limit));
  }

  attempts(seqs: readonly number[]): Promise<AttemptRecord[]> {
    return this.#read(() => seqs.flatMap((seq) => this.#queries.attempts(seq)));
  }

  readLog(query: LogQuery): Promise<LogPiece[]> {
    return this.#read(() => this.#logs.read(query));
  }

  change(seqs: readonly number[], verb: ChangeVerb, now: number): Promise<Change[]> {
    return this.#write(() => this.#changes.all(seqs, verb, now));
  }

  cancelDownstream(seqs: readonly number[], force: boolean, now: number): Promise<Change[]> {
    return this.#write(() => this.#changes.cancelDownstream(seqs, force, now));
  }

  /** Looks for candidates without the write lock, which is held only for the removing. */
  async remove(query: RemoveQuery): Promise<Removed> {
    const candidates = await this.#read(() => this.#removals.candidates(query));
    const nothing = query.dryRun || candidates.length === 0;
    return this.#timed(nothing ? "read" : "write", () => this.#removals.remove(query, candidates));
  }

  async shrink(pages: number): Promise<Shrunk> {
    const canShrink = pages > 0 && (await this.#read(() => this.#space.canShrink));
    const shrunk = await (canShrink
      ? this.#timed("write", () => this.#space.shrink(pages))
      : this.#timed("read", () => this.#space.shrink(0)));
    // What was given back leaves the file when the log has been moved into it.
    if (canShrink && !shrunk.more) this.#log.cut(0);
    return shrunk;
  }

  async backup(path: string, options: BackupOptions): Promise<Backup> {
    const { backup } = await import("./backup.js");
    const vacuumInto = (draft: string) =>
      this.#read(() => void this.#db.prepare("vacuum into ?").run(draft));
    return backup({ path: this.#path, vacuumInto }, path, options);
  }

  async advance(step: AdvanceStep): Promise<Advanced> {
    const { settlements, writings = [] } = step;
    const hasWork = settlements.length > 0 || writings.length > 0 || (await this.#couldClaim(step));
    const advanced = await (hasWork
      ? this.#write(() => this.#advance(step), step.signal)
      : this.#read(() => ({ claims: [], stale: [], overruled: [], ...this.#outlook(step) })));
    this.#log.keepShort(() => this.#clock.now());
    return advanced;
  }

  /** Asks without the write lock, which an idle worker never takes. */
  async #couldClaim(step: AdvanceStep): Promise<boolean> {
    return step.claimants.length > 0 && this.#read(() => this.#claims.worthwhile(step));
  }

  #advance(step: AdvanceStep): Advanced {
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

  #outlook({ worker }: AdvanceStep): Pick<Advanced, "dismissed" | "toKill" | "nextDueAt"> {
    return {
      dismissed: !this.#workers.isEnlisted(worker),
      toKill: this.#claims.toKill(worker),
      nextDueAt: this.#claims.nextDueAt(),
    };
  }

  enlist(worker: WorkerRecord): Promise<void> {
    return this.#write(() => this.#workers.enlist(worker));
  }

  workers(): Promise<WorkerRecord[]> {
    return this.#read(() => this.#workers.all());
  }

  inHand(workerKey: string): Promise<AttemptInHand[]> {
    return this.#read(() => this.#workers.inHand(workerKey));
  }

  dismiss(workerKey: string, signal?: AbortSignal): Promise<boolean> {
    return this.#write(() => this.#workers.dismiss(workerKey), signal);
  }

  onChange(listener: () => void): () => void {
    return watchFile(`${this.#realPath}-wal`, this.#clock, listener);
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #read<T>(action: () => T): Promise<T> {
    return patiently(this.#clock, this.#path, () => {
      this.#file.check(this.#clock.now());
      return action();
    });
  }

  #write<T>(action: () => T, signal?: AbortSignal): Promise<T> {
    return patiently(
      this.#clock,
      this.#path,
      () => {
        this.#file.check(this.#clock.now());
        return this.#transaction.immediate(action) as T;
      },
      signal,
    );
  }

  /** Adds for how long it kept others from writing: from having the lock to having committed. */
  async #timed<T extends object>(
    how: "read" | "write",
    action: () => T,
  ): Promise<T & { heldMs: number }> {
    let since = 0;
    const timed = () => {
      since = this.#clock.now();
      return action();
    };
    const result = await (how === "read" ? this.#read(timed) : this.#write(timed));
    const heldMs = how === "read" ? 0 : Math.max(0, this.#clock.now() - since);
    return { ...result, heldMs };
  }
}
