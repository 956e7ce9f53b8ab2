import type {
  AttemptRecord,
  JobRecord,
  JobSpec,
  LogPiece,
  WorkerRecord,
} from "../../../src/index.js";

/** A job with all that belongs to it. What it waits for is worked out from its parents. */
export interface Kept {
  record: Omit<JobRecord, "waitingOn" | "orphanedBy">;
  /** The number of the job for whose sake it was cancelled. */
  orphanedBy: number | null;
  /** In whose hands it is while it runs. */
  workerKey: string | null;
  turn: number;
  readonly history: AttemptRecord[];
  /** By lease. */
  readonly logs: Map<number, LogPiece[]>;
}

/** Everything that a store keeps, as every connection to it sees it. */
export class Contents {
  readonly jobs: Map<number, Kept> = new Map();
  readonly workers: Map<string, WorkerRecord> = new Map();
  readonly #seqs = new Map<string, number>();
  readonly #children = new Map<string, Kept[]>();
  #lastSeq = 0;

  byId(id: string): Kept | undefined {
    return this.jobs.get(this.#seqs.get(id) ?? -1);
  }

  add(spec: JobSpec, now: number): Kept {
    this.#lastSeq += 1;
    const kept: Kept = {
      record: { ...blank(spec, now), seq: this.#lastSeq },
      orphanedBy: null,
      workerKey: null,
      turn: 0,
      history: [],
      logs: new Map(),
    };
    this.jobs.set(this.#lastSeq, kept);
    this.#seqs.set(spec.id, this.#lastSeq);
    for (const id of spec.dependencies) {
      const siblings = this.#children.get(id);
      if (siblings === undefined) this.#children.set(id, [kept]);
      else siblings.push(kept);
    }
    return kept;
  }

  drop({ record }: Kept): void {
    this.jobs.delete(record.seq);
    this.#seqs.delete(record.id);
  }

  childrenOf({ record }: Kept): Kept[] {
    return (this.#children.get(record.id) ?? []).filter((child) => this.jobs.has(child.record.seq));
  }

  /** Those that were not removed. */
  parentsOf({ record }: Kept): Kept[] {
    return record.dependencies.flatMap((id) => this.byId(id) ?? []);
  }

  update(kept: Kept, changes: Partial<JobRecord>): void {
    kept.record = { ...kept.record, ...changes };
  }
}

function blank(spec: JobSpec, now: number): Omit<JobRecord, "seq" | "waitingOn" | "orphanedBy"> {
  return {
    ...spec,
    runAt: spec.runAt !== null && spec.runAt > now ? spec.runAt : null,
    status: "pending",
    attempts: 0,
    result: null,
    error: null,
    createdAt: now,
    updatedAt: now,
    startedAt: null,
    finishedAt: null,
    lease: 0,
    workerId: null,
    cancelRequested: false,
    progress: null,
  };
}
