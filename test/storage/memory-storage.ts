import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  Advanced,
  AdvanceStep,
  Ahead,
  AttemptInHand,
  AttemptRecord,
  Backup,
  BackupOptions,
  Change,
  ChangeVerb,
  Counts,
  JobRecord,
  JobRef,
  JobSpec,
  Lease,
  ListQuery,
  LogPiece,
  LogQuery,
  Removed,
  RemoveQuery,
  Settlement,
  Shrunk,
  Storage,
  WorkerRecord,
} from "../../src/index.js";
import { backup } from "./memory/backup.js";
import { cancelDownstream, change } from "./memory/change.js";
import { claim, nextDueAt } from "./memory/claim.js";
import { waitingOn } from "./memory/family.js";
import { insert } from "./memory/insert.js";
import { Contents, type Kept } from "./memory/kept.js";
import { remove } from "./memory/remove.js";
import { settle, write } from "./memory/settle.js";

/** A queue that lives as long as this object. */
export class MemoryStore {
  readonly contents: Contents = new Contents();
  readonly listeners: Set<() => void> = new Set();
  /** Nobody else knows of this store, so nobody else has its name. */
  readonly identity: string = randomUUID();
  readonly meetingPlace: string = join(tmpdir(), `gigq-memory-${this.identity}`);

  async connect(): Promise<Storage> {
    return new MemoryStorage(this);
  }
}

/**
 * One connection. What it does happens between two turns of the event loop, and therefore at once
 * for everybody else.
 */
class MemoryStorage implements Storage {
  readonly #store: MemoryStore;
  readonly #contents: Contents;
  readonly #listeners = new Set<() => void>();

  constructor(store: MemoryStore) {
    this.#store = store;
    this.#contents = store.contents;
  }

  get meetingPlace(): string {
    return this.#store.meetingPlace;
  }

  get identity(): string {
    return this.#store.identity;
  }

  async insert(jobs: readonly JobSpec[], now: number): Promise<number[]> {
    const seqs = insert(this.#contents, jobs, now);
    this.#changed();
    return seqs;
  }

  async get(refs: readonly JobRef[]): Promise<(JobRecord | undefined)[]> {
    return refs.map((ref) => {
      const kept =
        typeof ref === "number" ? this.#contents.jobs.get(ref) : this.#contents.byId(ref);
      return kept && this.#record(kept);
    });
  }

  async list({ statuses, name, endedSince, below, limit }: ListQuery): Promise<JobRecord[]> {
    return [...this.#contents.jobs.values()]
      .reverse()
      .filter(({ record }) => statuses === undefined || statuses.includes(record.status))
      .filter(({ record }) => name === undefined || record.name === name)
      .filter(({ record }) => endedSince === undefined || (record.finishedAt ?? -1) >= endedSince)
      .filter(({ record }) => below === undefined || record.seq < below)
      .slice(0, limit)
      .map((kept) => this.#record(kept));
  }

  async counts(): Promise<Counts> {
    const none = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0, timeout: 0 };
    const counts = { ...none, delayed: 0, blocked: 0 };
    for (const kept of this.#contents.jobs.values()) {
      const { status, runAt } = kept.record;
      counts[status] += 1;
      if (status === "pending" && runAt !== null) counts.delayed += 1;
      if (waitingOn(this.#contents, kept) > 0) counts.blocked += 1;
    }
    return counts;
  }

  async children(seqs: readonly number[], limit: number): Promise<number[][]> {
    return seqs.map((seq) => {
      const kept = this.#contents.jobs.get(seq);
      const children = kept === undefined ? [] : this.#contents.childrenOf(kept);
      const found = new Set(children.map(({ record }) => record.seq));
      return [...found].sort((a, b) => a - b).slice(0, limit);
    });
  }

  async ahead(priority: number, seq: number, limit: number): Promise<Ahead> {
    const ready = [...this.#contents.jobs.values()].filter(
      (kept) =>
        kept.record.status === "pending" &&
        kept.record.runAt === null &&
        waitingOn(this.#contents, kept) === 0,
    );
    const count = (comesFirst: (record: Kept["record"]) => boolean) =>
      Math.min(ready.filter(({ record }) => comesFirst(record)).length, limit);
    return {
      higher: count((record) => record.priority > priority),
      earlier: count((record) => record.priority === priority && record.seq < seq),
    };
  }

  async attempts(seqs: readonly number[]): Promise<AttemptRecord[]> {
    return seqs.flatMap((seq) => this.#contents.jobs.get(seq)?.history ?? []);
  }

  async readLog({ seq, lease, from, limitBytes }: LogQuery): Promise<LogPiece[]> {
    const pieces: LogPiece[] = [];
    let bytes = 0;
    for (const piece of this.#contents.jobs.get(seq)?.logs.get(lease) ?? []) {
      if (piece.position < from) continue;
      pieces.push(piece);
      bytes += piece.bytes.length;
      if (bytes >= limitBytes) break;
    }
    return pieces;
  }

  async change(seqs: readonly number[], verb: ChangeVerb, now: number): Promise<Change[]> {
    const changes = change(this.#contents, seqs, verb, now);
    if (changes.some(({ changed }) => changed)) this.#changed();
    return changes;
  }

  async cancelDownstream(seqs: readonly number[], force: boolean, now: number): Promise<Change[]> {
    const changes = cancelDownstream(this.#contents, seqs, force, now);
    if (changes.some(({ changed, followed }) => changed || followed > 0)) this.#changed();
    return changes;
  }

  async remove(query: RemoveQuery): Promise<Removed> {
    const removed = remove(this.#contents, query);
    if (removed.removed > 0 && !query.dryRun) this.#changed();
    return removed;
  }

  async advance(step: AdvanceStep): Promise<Advanced> {
    const { worker, settlements, writings = [], now } = step;
    const written = writings.filter((writing) => write(this.#contents, writing));
    const stale: Lease[] = [];
    const overruled: Settlement[] = [];
    for (const settlement of settlements) {
      const stored = settle(this.#contents, settlement, now);
      if (stored === undefined) stale.push(settlement.lease);
      else if (stored !== settlement) overruled.push(stored);
    }
    const claims = claim(this.#contents, step);
    // Whoever has changed nothing wakes nobody: else two idle workers would never rest.
    if (written.length + settlements.length - stale.length + claims.length > 0) this.#changed();
    return {
      claims,
      stale,
      overruled,
      dismissed: !this.#contents.workers.has(worker),
      toKill: this.#toKill(worker),
      nextDueAt: nextDueAt(this.#contents, now),
    };
  }

  async enlist(worker: WorkerRecord): Promise<void> {
    this.#contents.workers.set(worker.key, worker);
    this.#changed();
  }

  async workers(): Promise<WorkerRecord[]> {
    return [...this.#contents.workers.values()].sort((a, b) => a.startedAt - b.startedAt);
  }

  async inHand(workerKey: string): Promise<AttemptInHand[]> {
    return this.#inHandOf(workerKey)
      .sort((a, b) => a.turn - b.turn)
      .map(({ record, turn }) => {
        const { seq, id, name, attempts, maxAttempts, timeoutMs, retryDelayMs, backoff } = record;
        const rules = { maxAttempts, timeoutMs, retryDelayMs, backoff };
        const job = { seq, id, name, attempts, ...rules };
        return { lease: leaseOf(record), job, startedAt: record.startedAt!, turn };
      });
  }

  async dismiss(workerKey: string): Promise<boolean> {
    if (this.#inHandOf(workerKey).length > 0) return false;
    if (this.#contents.workers.delete(workerKey)) this.#changed();
    return true;
  }

  onChange(listener: () => void): () => void {
    const own = () => listener();
    this.#listeners.add(own);
    this.#store.listeners.add(own);
    return () => this.#forget(own);
  }

  /** Memory is not the file system's to take back. */
  async shrink(): Promise<Shrunk> {
    return { givenBytes: 0, leftBytes: 0, more: false, heldMs: 0 };
  }

  backup(path: string, options: BackupOptions): Promise<Backup> {
    return backup(this.#contents, path, options);
  }

  async close(): Promise<void> {
    for (const listener of this.#listeners) this.#forget(listener);
  }

  #forget(listener: () => void): void {
    this.#listeners.delete(listener);
    this.#store.listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#store.listeners) listener();
  }

  #inHandOf(workerKey: string): Kept[] {
    return [...this.#contents.jobs.values()].filter((kept) => kept.workerKey === workerKey);
  }

  #toKill(workerKey: string): Lease[] {
    return this.#inHandOf(workerKey)
      .filter(({ record }) => record.cancelRequested)
      .map(({ record }) => leaseOf(record));
  }

  #record(kept: Kept): JobRecord {
    return {
      ...kept.record,
      orphanedBy: kept.orphanedBy,
      waitingOn: waitingOn(this.#contents, kept),
    };
  }
}

function leaseOf({ seq, lease, workerId }: Kept["record"]): Lease {
  return { seq, number: lease, workerId: workerId! };
}
