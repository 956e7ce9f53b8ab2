import assert from "node:assert/strict";
import type { JobRecord, JobSpec } from "../../job/job.js";
import { type AttemptTime, type Settlement, settle } from "../../job/lifecycle.js";
import type { Outcome } from "../../job/outcome.js";
import type {
  Advanced,
  AttemptRecord,
  Change,
  ChangeVerb,
  Claim,
  Storage,
  WorkerRecord,
} from "../storage.js";
import type { Store } from "./engine.js";
import { spec } from "./spec.js";

export const COMPLETED: Outcome = { type: "completed", result: '"done"' };
export const FAILED: Outcome = { type: "failed", error: "Error: no luck" };
export const TIMEOUT: Outcome = { type: "timeout" };
export const LOST: Outcome = { type: "lost", error: "its worker is gone" };
export const CANCELLED: Outcome = { type: "cancelled" };
export const RELEASED: Outcome = { type: "released" };

type Numbered = Pick<JobRecord, "seq">;

/** One store and one time, with the shorthands in which the tests of the contract are told. */
export class Scene {
  readonly store: Store;
  readonly storage: Storage;
  /** ms UTC; tests move it by hand. */
  now = 1_800_000_000_000;
  readonly #enlisted = new Set<string>();
  #turns = 0;

  constructor(store: Store, storage: Storage) {
    this.store = store;
    this.storage = storage;
  }

  async add(said: Partial<JobSpec> = {}): Promise<JobRecord> {
    return (await this.addAll([said]))[0]!;
  }

  /** Stores jobs in one batch. */
  async addAll(said: readonly Partial<JobSpec>[]): Promise<JobRecord[]> {
    return this.see(await this.storage.insert(said.map(spec), this.now));
  }

  async child(parents: readonly JobRecord[], said: Partial<JobSpec> = {}): Promise<JobRecord> {
    return this.add({ dependencies: parents.map((parent) => parent.id), ...said });
  }

  /** Claims ready jobs, one for each claimant. */
  async claim(...claimants: string[]): Promise<readonly Claim[]> {
    return (await this.advance({ claimants })).claims;
  }

  /** Claims exactly this job, which must be ready. */
  async take(job: Numbered, claimant = "w"): Promise<Claim> {
    const { claims } = await this.advance({ claimants: [claimant], only: job.seq });
    assert.equal(claims.length, 1, `job ${job.seq} was not ready`);
    return claims[0]!;
  }

  async end(claim: Claim, outcome: Outcome, time?: Partial<AttemptTime>): Promise<Advanced> {
    return this.advance({ settlements: [this.ending(claim, outcome, time)] });
  }

  /** What a worker would write about this claim. */
  ending(claim: Claim, outcome: Outcome, time: Partial<AttemptTime> = {}): Settlement {
    return settle(claim.job, claim.lease, outcome, {
      startedAt: this.now,
      endedAt: this.now,
      ...time,
    });
  }

  /** Gives a job one attempt, from claim to end. */
  async run(job: Numbered, outcome: Outcome = COMPLETED): Promise<JobRecord> {
    await this.end(await this.take(job), outcome);
    return this.look(job);
  }

  /** What a worker does, "w" unless said; it is enlisted the first time. */
  async advance(said: Partial<Parameters<Storage["advance"]>[0]>): Promise<Advanced> {
    const step = {
      worker: "w",
      settlements: [],
      claimants: [],
      firstTurn: this.#turns + 1,
      now: this.now,
      ...said,
    };
    this.#turns += step.claimants.length;
    await this.enlist(step.worker);
    return this.storage.advance(step);
  }

  async enlist(key: string): Promise<void> {
    if (this.#enlisted.has(key)) return;
    this.#enlisted.add(key);
    const known = await this.storage.workers();
    if (known.some((worker) => worker.key === key)) return;
    await this.storage.enlist(workerRecord(key));
  }

  async change(verb: ChangeVerb, ...jobs: Numbered[]): Promise<Change[]> {
    return this.storage.change(
      jobs.map((job) => job.seq),
      verb,
      this.now,
    );
  }

  /** The job as it is now. */
  async look(job: Numbered): Promise<JobRecord> {
    return (await this.see([job.seq]))[0]!;
  }

  async status(...jobs: Numbered[]): Promise<string> {
    const found = await this.see(jobs.map((job) => job.seq));
    return found.map((job) => job.status).join(" ");
  }

  async attempts(job: Numbered): Promise<AttemptRecord[]> {
    return this.storage.attempts([job.seq]);
  }

  /** The numbers of all jobs that are ready, in the order in which they would be claimed. */
  async ready(): Promise<number[]> {
    const claims = await this.claim(...Array.from({ length: 100 }, () => "w"));
    await this.advance({ settlements: claims.map((claim) => this.ending(claim, RELEASED)) });
    return claims.map((claim) => claim.job.seq);
  }

  private async see(seqs: readonly number[]): Promise<JobRecord[]> {
    const jobs = await this.storage.get(seqs);
    return jobs.map((job, index) => {
      assert.ok(job, `there is no job ${seqs[index]}`);
      return job;
    });
  }
}

/** A worker of that key. */
export function workerRecord(key: string): WorkerRecord {
  return {
    key,
    workerId: key,
    host: "box",
    pid: 1,
    startedAt: 1_700_000_000_000,
    concurrency: 4,
    isolation: "thread",
    minPriority: null,
    names: null,
  };
}
