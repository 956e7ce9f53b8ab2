import { realpathSync } from "node:fs";
import type { Database, Transaction } from "better-sqlite3";
import type { Clock } from "../../clock.js";
import type { JobRecord, JobSpec } from "../../job/job.js";
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
import { Family } from "./family.js";
import { Inserts } from "./inserts.js";
import { openDatabase } from "./open-database.js";
import { patiently } from "./patience.js";
import { Queries } from "./queries.js";
import { SameFile } from "./same-file.js";
import { watchFile } from "./watch-file.js";
import { whenNeeded } from "./when-needed.js";
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
  readonly #inserts: Inserts;
  readonly #family: Family;
  readonly #relations = whenNeeded(async () => {
    const { Relations } = await import("./relations.js");
    return new Relations(this.#db);
  });
  readonly #logs = whenNeeded(async () => {
    const { Logs } = await import("./logs.js");
    return new Logs(this.#db);
  });
  readonly #changes = whenNeeded(async () => {
    const { Changes } = await import("./changes.js");
    return new Changes(this.#db, this.#family);
  });
  readonly #removals = whenNeeded(async () => {
    const { Removals } = await import("./removals.js");
    return new Removals(this.#db);
  });
  readonly #space = whenNeeded(async () => {
    const { Space } = await import("./space.js");
    return new Space(this.#db);
  });
  readonly #workerSide = whenNeeded(async () => {
    const { WorkerSide } = await import("./worker-side.js");
    return new WorkerSide(this.#db, this.#family);
  });
  readonly #file: SameFile;
  readonly #realPath: string;
  readonly #log: WriteAheadLog;

  constructor(db: Database, path: string, clock: Clock) {
    this.#db = db;
    this.#path = path;
    this.#clock = clock;
    this.#transaction = db.transaction((action) => action());
    this.#family = new Family(db);
    this.#queries = new Queries(db);
    this.#inserts = new Inserts(db, this.#family);
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

  async children(seqs: readonly number[], limit: number): Promise<number[][]> {
    const relations = await this.#relations();
    return this.#read(() => seqs.map((seq) => relations.children(seq, limit)));
  }

  async ahead(priority: number, seq: number, limit: number): Promise<Ahead> {
    const relations = await this.#relations();
    return this.#read(() => relations.ahead(priority, seq, limit));
  }

  attempts(seqs: readonly number[]): Promise<AttemptRecord[]> {
    return this.#read(() => seqs.flatMap((seq) => this.#queries.attempts(seq)));
  }

  async readLog(query: LogQuery): Promise<LogPiece[]> {
    const logs = await this.#logs();
    return this.#read(() => logs.read(query));
  }

  async change(seqs: readonly number[], verb: ChangeVerb, now: number): Promise<Change[]> {
    const changes = await this.#changes();
    return this.#write(() => changes.all(seqs, verb, now));
  }

  async cancelDownstream(seqs: readonly number[], force: boolean, now: number): Promise<Change[]> {
    const changes = await this.#changes();
    return this.#write(() => changes.cancelDownstream(seqs, force, now));
  }

  /** Looks for candidates without the write lock, which is held only for the removing. */
  async remove(query: RemoveQuery): Promise<Removed> {
    const removals = await this.#removals();
    const candidates = await this.#read(() => removals.candidates(query));
    const nothing = query.dryRun || candidates.length === 0;
    return this.#timed(nothing ? "read" : "write", () => removals.remove(query, candidates));
  }

  async shrink(pages: number): Promise<Shrunk> {
    const space = await this.#space();
    const canShrink = pages > 0 && (await this.#read(() => space.canShrink));
    const shrunk = await (canShrink
      ? this.#timed("write", () => space.shrink(pages))
      : this.#timed("read", () => space.shrink(0)));
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

  /** An idle worker only asks, and never takes the write lock. */
  async advance(step: AdvanceStep): Promise<Advanced> {
    const side = await this.#workerSide();
    const { settlements, claimants, writings = [] } = step;
    const hasWork =
      settlements.length > 0 ||
      writings.length > 0 ||
      (claimants.length > 0 && (await this.#read(() => side.couldClaim(step))));
    const advanced = await (hasWork
      ? this.#write(() => side.advance(step), step.signal)
      : this.#read(() => side.look(step)));
    this.#log.keepShort(() => this.#clock.now());
    return advanced;
  }

  async enlist(worker: WorkerRecord): Promise<void> {
    const side = await this.#workerSide();
    return this.#write(() => side.enlist(worker));
  }

  async workers(): Promise<WorkerRecord[]> {
    const side = await this.#workerSide();
    return this.#read(() => side.workers());
  }

  async inHand(workerKey: string): Promise<AttemptInHand[]> {
    const side = await this.#workerSide();
    return this.#read(() => side.inHand(workerKey));
  }

  async dismiss(workerKey: string, signal?: AbortSignal): Promise<boolean> {
    const side = await this.#workerSide();
    return this.#write(() => side.dismiss(workerKey), signal);
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
