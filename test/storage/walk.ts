import assert from "node:assert/strict";
import { isGigqError } from "../../src/errors.js";
import type { JobRecord, JobSpec } from "../../src/job/job.js";
import { JOB_STATUSES, type Settlement, settle, TRANSITIONS } from "../../src/job/lifecycle.js";
import { spec } from "../../src/storage/contract/spec.js";
import type { Counts } from "../../src/storage/counts.js";
import type { Claim, Storage } from "../../src/storage/storage.js";
import { Model, type ModelJob } from "./model.js";
import type { Ending, NewJob, Step } from "./steps.js";

/** Takes the same steps in a storage and in the model, and compares the two after each. */
export class Walk {
  readonly #storage: Storage;
  readonly #model = new Model();
  readonly #held: Claim[] = [];
  readonly #settled: Claim[] = [];
  #now = 1_800_000_000_000;
  #turns = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async take(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.#step(step);
      await this.#compare();
    }
    await this.#claimAll();
  }

  async #step(step: Step): Promise<void> {
    switch (step.do) {
      case "insert":
        return this.#insert(step.jobs, step.childrenFirst);
      case "advance": {
        const claimants = Array.from(
          { length: step.claims },
          (_, slot) => `${step.worker}-${slot}`,
        );
        const only = step.only === null ? undefined : this.#pick([step.only])[0];
        return this.#advance(step.worker, claimants, only, step.endings);
      }
      case "change": {
        const allowed = TRANSITIONS[step.verb].from;
        const seqs = this.#pick(step.picks, (job) => step.anyway || allowed.includes(job.status));
        assert.deepEqual(
          await this.#storage.change(seqs, step.verb, this.#now),
          this.#model.change(seqs, step.verb, this.#now),
        );
        return;
      }
      case "remove": {
        const before = step.agoMs === null ? undefined : this.#now - step.agoMs;
        const query = { ...step, before };
        const { heldMs: _, ...removed } = await this.#storage.remove(query);
        assert.deepEqual(removed, this.#model.remove(query));
        return;
      }
      case "wait":
        this.#now += step.ms;
    }
  }

  async #insert(jobs: readonly NewJob[], childrenFirst: boolean): Promise<void> {
    const batch = childrenFirst ? this.#specs(jobs).reverse() : this.#specs(jobs);
    const expected = this.#model.insert(batch, this.#now);
    const inserted = this.#storage.insert(batch, this.#now).catch((error) => {
      assert.ok(isGigqError(error), String(error));
      return error.code;
    });
    assert.deepEqual(await inserted, expected);
  }

  async #advance(
    worker: string,
    claimants: readonly string[],
    only: number | undefined,
    endings: readonly Ending[],
  ): Promise<void> {
    const settlements = endings.flatMap((ending) => this.#settlement(ending) ?? []);
    const firstTurn = this.#turns + 1;
    this.#turns += claimants.length;
    const step = { worker, settlements, claimants, firstTurn, only, now: this.#now };
    const { claims, stale, toKill, nextDueAt } = await this.#storage.advance(step);
    const expected = this.#model.advance(step);
    assert.deepEqual(
      claims.map(({ lease, job, parentResults }) => ({
        seq: job.seq,
        lease: lease.number,
        workerId: lease.workerId,
        attempt: job.attempts,
        parentResults: parentResults?.map((result) => ({ ...result })) ?? null,
      })),
      expected.claims,
    );
    assert.deepEqual(
      stale.map((lease) => lease.number),
      expected.stale,
    );
    assert.deepEqual(
      toKill.map((lease) => lease.seq),
      this.#model.jobs
        .filter((job) => job.cancelRequested && job.workerId?.startsWith(worker))
        .map((job) => job.seq),
    );
    // A time that has come is told only to somebody who does not claim.
    if (claimants.length > 0) assert.equal(nextDueAt, this.#nextDueAt());
    this.#held.push(...claims);
  }

  /** At the end, everything that is ready is claimed, in the order of the model. */
  async #claimAll(): Promise<void> {
    const claimants = Array.from({ length: 200 }, (_, slot) => `a-${slot}`);
    await this.#advance("a", claimants, undefined, []);
    await this.#compare();
  }

  async #compare(): Promise<void> {
    const stored = (await this.#storage.list({ limit: 10_000 })).reverse();
    assert.deepEqual(
      stored.map((job) => this.#seen(job)),
      this.#model.jobs.map((job, index) => this.#expected(job, stored[index])),
    );
    assert.deepEqual(
      await this.#storage.attempts(stored.map((job) => job.seq)),
      this.#model.jobs.flatMap((job) => job.history),
    );
    assert.deepEqual(await this.#storage.counts(), this.#counts(stored));
  }

  /** A stored job without what was said about it; a time that has come is as good as none. */
  #seen({ seq, id, status, attempts, lease, workerId, runAt, error, ...rest }: JobRecord): Seen {
    const { result, startedAt, finishedAt, cancelRequested, waitingOn, dependencies } = rest;
    const state = { seq, id, status, attempts, lease, workerId, runAt: this.#ahead(runAt), error };
    const times = { startedAt, finishedAt };
    return { ...state, ...times, result, cancelRequested, waitingOn, dependencies };
  }

  #expected(job: ModelJob, stored: JobRecord | undefined): Seen {
    const { spec, orphaned, history, ...state } = job;
    const { id, dependencies } = spec;
    const reasons = orphaned ? this.#model.reasons(job) : [job.error];
    const error = reasons.find((reason) => reason === stored?.error) ?? reasons[0] ?? null;
    const waitingOn = this.#model.waitingOn(job);
    return { ...state, id, dependencies, error, waitingOn, runAt: this.#ahead(job.runAt) };
  }

  #counts(stored: readonly JobRecord[]): Counts {
    const { jobs } = this.#model;
    const byStatus = JOB_STATUSES.map((status) => [
      status,
      jobs.filter((job) => job.status === status).length,
    ]);
    return {
      ...(Object.fromEntries(byStatus) as Counts),
      delayed: stored.filter((job) => job.status === "pending" && job.runAt !== null).length,
      blocked: jobs.filter((job) => this.#model.waitingOn(job) > 0).length,
    };
  }

  #ahead(runAt: number | null): number | null {
    return runAt !== null && runAt > this.#now ? runAt : null;
  }

  #nextDueAt(): number | undefined {
    const waiting = this.#model.jobs.filter((job) => job.status === "pending");
    const times = waiting.flatMap((job) => this.#ahead(job.runAt) ?? []);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Numbers of jobs, and now and then of one that does not exist. */
  #pick(picks: readonly number[], among: (job: ModelJob) => boolean = () => true): number[] {
    const jobs = this.#model.jobs.filter(among);
    return picks.map((pick) => jobs[pick % (jobs.length + 1)]?.seq ?? 9_999);
  }

  #specs(jobs: readonly NewJob[]): JobSpec[] {
    const blanks = jobs.map(({ said }) => spec(said));
    const batch = blanks.map((blank) => blank.id);
    const stored = this.#model.jobs.map((job) => job.spec.id);
    return jobs.map(({ delayMs, parents }, index) => {
      const among = { stored, earlier: batch.slice(0, index), batch, nowhere: ["nobody"] };
      const ids = parents.flatMap(({ from, pick }) => {
        const candidates = among[from];
        return candidates[pick % candidates.length] ?? [];
      });
      const runAt = delayMs > 0 ? this.#now + delayMs : null;
      return { ...blanks[index]!, dependencies: [...new Set(ids)], runAt };
    });
  }

  #settlement({ pick, again, thief, outcome }: Ending): Settlement | undefined {
    const from = again ? this.#settled : this.#held;
    if (from.length === 0) return undefined;
    const claim = from[pick % from.length]!;
    const lease = thief ? { ...claim.lease, workerId: "c-0" } : claim.lease;
    if (!again && !thief) this.#settled.push(...this.#held.splice(pick % from.length, 1));
    const time = { startedAt: this.#now - 1, endedAt: this.#now };
    return settle(claim.job, lease, outcome, time);
  }
}

type Seen = Omit<ModelJob, "spec" | "orphaned" | "history"> &
  Pick<JobRecord, "id" | "dependencies" | "waitingOn">;
