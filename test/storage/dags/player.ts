import assert from "node:assert/strict";
import type { JobSpec } from "../../../src/job/job.js";
import { FINISHED, settle, TRANSITIONS } from "../../../src/job/lifecycle.js";
import type { Outcome } from "../../../src/job/outcome.js";
import { workerRecord } from "../../../src/storage/contract/scene.js";
import type { RemoveQuery } from "../../../src/storage/removal.js";
import type { ChangeVerb, Claim, Storage } from "../../../src/storage/storage.js";
import { sweep } from "../../../src/storage/sweep.js";
import { Random } from "../../campaign/random.js";
import { agree } from "./agree.js";
import { type Fate, isBad, Oracle, type Settling, type Told } from "./oracle.js";
import { LOST, randomOutcome } from "./outcomes.js";
import { randomBatch, shuffled } from "./shapes.js";
import type { DagStep } from "./steps.js";

/** Does to a storage what the steps say, and holds it against the oracle after each. */
export class DagPlayer {
  readonly #storage: Storage;
  readonly #oracle = new Oracle();
  /** Claims that are not settled, under the keys of their workers. */
  readonly #held = new Map<string, Claim[]>();
  readonly #settled: Claim[] = [];
  #now = 1_800_000_000_000;
  #turns = 0;
  #workers = 0;
  /** How many jobs it has submitted. */
  submitted = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async play(steps: readonly DagStep[]): Promise<void> {
    for (let workers = 0; workers < 3; workers++) await this.#enlist();
    for (const step of steps) {
      await this.#step(step, new Random(step.seed));
      await this.#compare();
    }
    await this.#drain(new Random(steps.length));
    await this.#completeAll();
    await this.#clearAll();
  }

  async #step(step: DagStep, random: Random): Promise<void> {
    switch (step.do) {
      case "submit": {
        const stored = this.#oracle.jobs.map((job) => job.spec.id);
        return this.#submit(randomBatch(random, step.size, stored, this.#now));
      }
      case "work":
        return this.#work(step.size, random);
      case "die":
        return this.#die(random);
      case "remove":
        return this.#remove(step.size, random);
      case "wait":
        this.#now += random.pick([1, 50, 100, 2_000])!;
        return;
      default:
        return this.#change(step.do, step.size, random);
    }
  }

  async #submit(batch: readonly JobSpec[]): Promise<void> {
    this.submitted += batch.length;
    const seqs = await this.#storage.insert(batch, this.#now);
    assert.deepEqual(seqs, this.#oracle.insert(batch, this.#now));
  }

  /** A worker tells how some of what it had has ended, and asks for more. */
  async #work(size: number, random: Random): Promise<void> {
    const worker = random.pick([...this.#held.keys()])!;
    const ending = shuffled(random, this.#held.get(worker)!).slice(0, random.whole(0, 2 * size));
    const told = ending.map((claim) => this.#tell(claim, randomOutcome(random)));
    const stale = Array.from({ length: random.whole(0, 2) }, () => this.#tellStale(random));
    this.#turns += size;
    const only = random.chance(0.1) ? random.pick(this.#oracle.jobs)?.seq : undefined;
    const ends = shuffled(random, [...told, ...stale.filter((one) => one !== undefined)]);
    await this.#advance(worker, ends, size, only);
  }

  async #advance(
    worker: string,
    ends: readonly { claim: Claim; told: Told }[],
    claims: number,
    only?: number,
  ): Promise<Claim[]> {
    const now = this.#now;
    const claimants = Array.from({ length: claims }, (_, slot) => `${worker}-${slot}`);
    const firstTurn = this.#turns - claims + 1;
    const settlements = ends.map(({ claim, told }) =>
      settle(claim.job, told.lease, told.outcome, told),
    );
    const step = { worker, settlements, claimants, firstTurn, only, now };
    const advanced = await this.#storage.advance(step);
    const settled = ends.map(({ told }) => ({
      lease: told.lease,
      as: this.#oracle.settle(told, now),
    }));
    const leasesOf = (what: Settling) =>
      settled.flatMap(({ lease, as }) => (as === what ? lease : []));
    const overruled = advanced.overruled.map((settlement) => settlement.lease);
    assert.deepEqual([advanced.stale, overruled], [leasesOf("stale"), leasesOf("overruled")]);
    for (const { claim } of ends) this.#letGo(claim);
    const expected = this.#oracle.claim(claimants, step).map((job) => {
      const { seq, lease: number, attempts, turn } = job;
      const parentResults = this.#oracle.parentResults(job);
      return { lease: { seq, number, workerId: job.workerId }, attempts, turn, parentResults };
    });
    assert.deepEqual(
      advanced.claims.map(({ lease, job, turn, parentResults }) => ({
        lease,
        attempts: job.attempts,
        turn,
        parentResults: parentResults?.map((result) => ({ ...result })) ?? null,
      })),
      expected,
    );
    assert.deepEqual(
      advanced.toKill.map((lease) => lease.seq).sort((a, b) => a - b),
      this.#oracle.jobs
        .filter((job) => job.killAsked && job.worker === worker)
        .map((job) => job.seq),
    );
    assert.equal(advanced.dismissed, false);
    // A time that has come is told only to somebody who does not claim.
    if (claims > 0) assert.equal(advanced.nextDueAt, this.#oracle.nextDueAt(now));
    this.#held.get(worker)?.push(...advanced.claims);
    await this.#ranInTime(advanced.claims);
    return [...advanced.claims];
  }

  /** No oracle is asked: a claimed job's parents have completed, or ended and it runs regardless. */
  async #ranInTime(claims: readonly Claim[]): Promise<void> {
    const jobs = await this.#storage.get(claims.map((claim) => claim.job.seq));
    const parents = new Set(jobs.flatMap((job) => job!.dependencies));
    const found = await this.#storage.get([...parents]);
    const statusOf = new Map(found.map((parent) => [parent?.id, parent?.status]));
    for (const job of jobs) {
      for (const id of job!.dependencies) {
        const status = statusOf.get(id) ?? "completed";
        const may = status === "completed" || job!.onParentFailure === "run";
        assert.ok(may && FINISHED.includes(status), `#${job!.seq} runs, and a parent is ${status}`);
      }
    }
  }

  /** A worker is gone; another settles what it had, and it is forgotten. */
  async #die(random: Random): Promise<void> {
    const [dead, finder] = shuffled(random, [...this.#held.keys()]) as [string, string];
    const inHand = await this.#storage.inHand(dead);
    const running = this.#oracle.jobs.filter((job) => job.worker === dead);
    assert.deepEqual(
      inHand.map(({ lease, turn }) => ({ seq: lease.seq, number: lease.number, turn })),
      running
        .sort((a, b) => a.turn - b.turn)
        .map(({ seq, lease, turn }) => ({ seq, number: lease, turn })),
    );
    assert.equal(await this.#storage.dismiss(dead), running.length === 0);
    const claims = this.#held.get(dead)!;
    const ends = claims.map((claim) =>
      this.#tell(claim, random.chance(0.8) ? LOST : { type: "released" }),
    );
    await this.#advance(finder, ends, 0);
    if (running.length > 0) assert.equal(await this.#storage.dismiss(dead), true);
    this.#held.delete(dead);
    await this.#enlist();
  }

  async #change(verb: ChangeVerb, size: number, random: Random): Promise<void> {
    const allowed = TRANSITIONS[verb].from;
    const anyway = random.chance(0.2);
    const among = this.#oracle.jobs.filter((job) => anyway || allowed.includes(job.status));
    // Cancelling reaches far: with a large part of the roots gone, little would be left to see.
    const most = verb === "requeue" ? size : Math.ceil(size / 8);
    const seqs = shuffled(random, among)
      .slice(0, most)
      .map((job) => job.seq);
    if (anyway) seqs.push(999_999);
    const changes = await this.#storage.change(seqs, verb, this.#now);
    assert.deepEqual(changes, this.#oracle.change(seqs, verb, this.#now));
  }

  async #remove(size: number, random: Random): Promise<void> {
    const query: RemoveQuery = {
      status: random.pick(FINISHED)!,
      before: random.chance(0.3) ? this.#now - random.pick([0, 50, 200])! : undefined,
      limit: random.chance(0.5) ? size : 10_000,
      dryRun: random.chance(0.2),
    };
    const { heldMs: _, ...removed } = await this.#storage.remove(query);
    assert.deepEqual(removed, this.#oracle.remove(query));
  }

  async #enlist(): Promise<void> {
    const key = `w${++this.#workers}`;
    await this.#storage.enlist(workerRecord(key));
    this.#held.set(key, []);
  }

  #tell(claim: Claim, outcome: Outcome): { claim: Claim; told: Told } {
    const { lease } = claim;
    return { claim, told: { lease, outcome, startedAt: this.#now - 1, endedAt: this.#now } };
  }

  /** Something about an attempt that is over, or in the name of somebody who does not have it. */
  #tellStale(random: Random): { claim: Claim; told: Told } | undefined {
    const thief = random.chance(0.5);
    const claim = random.pick(thief ? [...this.#held.values()].flat() : this.#settled);
    if (claim === undefined) return undefined;
    const { told } = this.#tell(claim, randomOutcome(random));
    if (!thief) return { claim, told };
    return { claim, told: { ...told, lease: { ...told.lease, workerId: "thief" } } };
  }

  /** Unless it was only a thief who spoke of it. */
  #letGo(claim: Claim): void {
    if (this.#oracle.holds(claim.lease)) return;
    for (const claims of this.#held.values()) {
      const at = claims.indexOf(claim);
      if (at >= 0) this.#settled.push(...claims.splice(at, 1));
    }
  }

  async #compare(): Promise<void> {
    await agree(this.#storage, this.#oracle, this.#now);
  }

  /** Works until nothing is left to do; time does not stand in the way. */
  async #drain(random: Random): Promise<void> {
    for (let rounds = 1; ; rounds++) {
      for (const [worker, claims] of this.#held) {
        const ends = claims.map((claim) => this.#tell(claim, randomOutcome(random)));
        if (ends.length > 0) await this.#advance(worker, ends, 0);
      }
      this.#now += 10_000_000;
      this.#turns += 500;
      const claims = await this.#advance([...this.#held.keys()][0]!, [], 500);
      // There are as many rounds as the longest chain has links; claims are compared in each.
      if (rounds % 10 === 0 || claims.length === 0) await this.#compare();
      if (claims.length === 0) break;
    }
    const left = await this.#storage.list({ limit: 10_000, statuses: ["pending", "running"] });
    const byId = new Map((await this.#storage.list({ limit: 10_000 })).map((job) => [job.id, job]));
    for (const job of left) {
      const waitedFor = job.dependencies.filter(
        (id) => (byId.get(id)?.status ?? "completed") !== "completed",
      );
      assert.ok(waitedFor.length > 0, `#${job.seq} is ${job.status}, and nothing is in its way`);
      assert.ok(job.waitingOn <= waitedFor.length, `#${job.seq} waits for a cleared parent`);
    }
  }

  /** Whatever has happened: requeued parents first, everything can still complete. */
  async #completeAll(): Promise<void> {
    const bad = this.#oracle.jobs.filter((job) => isBad(job));
    for (const job of parentsFirst(bad)) await this.#requeue(job);
    await this.#compare();
    for (;;) {
      this.#turns += 500;
      const worker = [...this.#held.keys()][0]!;
      const claims = await this.#advance(worker, [], 500);
      if (claims.length === 0) break;
      const ends = claims.map((claim) => this.#tell(claim, { type: "completed", result: "1" }));
      await this.#advance(worker, ends, 0);
    }
    await this.#compare();
    const { completed, ...others } = await this.#storage.counts();
    assert.equal(completed, this.#oracle.jobs.length);
    assert.equal(
      Object.values(others).reduce((sum, count) => sum + count, 0),
      0,
    );
  }

  async #requeue(job: Fate): Promise<void> {
    // A parent that was requeued before it may have brought it back.
    if (!isBad(job)) return;
    const changes = await this.#storage.change([job.seq], "requeue", this.#now);
    assert.equal(changes[0]!.changed, true, `#${job.seq} cannot be requeued`);
    assert.deepEqual(changes, this.#oracle.change([job.seq], "requeue", this.#now));
  }

  async #clearAll(): Promise<void> {
    await sweep(this.#storage, { statuses: FINISHED, pause: async () => true });
    assert.deepEqual(await this.#storage.list({ limit: 10 }), []);
  }
}

function parentsFirst(jobs: readonly Fate[]): Fate[] {
  const depths = new Map<Fate, number>();
  const todo = [...jobs];
  for (let job = todo.at(-1); job !== undefined; job = todo.at(-1)) {
    const unknown = job.parents.filter((parent) => !depths.has(parent));
    if (unknown.length > 0) todo.push(...unknown);
    else {
      depths.set(job, 1 + Math.max(0, ...job.parents.map((parent) => depths.get(parent)!)));
      todo.pop();
    }
  }
  return [...jobs].sort((a, b) => depths.get(a)! - depths.get(b)!);
}
