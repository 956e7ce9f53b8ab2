import type { Clock } from "../clock.js";
import type { Attempt } from "../executor/executor.js";
import type { Lease } from "../job/job.js";
import { type Settlement, settle } from "../job/lifecycle.js";
import type { Outcome } from "../job/outcome.js";
import type { AttemptInHand, Claim } from "../storage/storage.js";
import { LogBooks } from "./log-books.js";
import type { AttemptInfo } from "./worker-event.js";

/** An attempt that has ended and is not stored yet. */
export interface Ended {
  readonly info: AttemptInfo;
  readonly settlement: Settlement;
}

/** What a worker holds: claims that are being worked on, and endings and logs that are to be stored. */
export class Hands {
  readonly logs: LogBooks;
  readonly #clock: Clock;
  readonly #claims = new Map<Attempt, Claim>();
  #ended: Ended[] = [];

  /** `logLimit` is how many bytes are kept of what an attempt writes. */
  constructor(clock: Clock, logLimit: number) {
    this.#clock = clock;
    this.logs = new LogBooks(clock, logLimit);
  }

  /** Claims in hand, begun or not. */
  get held(): number {
    return this.#claims.size;
  }

  /** Endings that wait to be stored. */
  get unsettled(): number {
    return this.#ended.length;
  }

  /** The attempts that follow from claims, under the names of the slots that they are for. */
  takeAll(claims: readonly Claim[]): Map<string, Attempt[]> {
    const bySlot = new Map<string, Attempt[]>();
    for (const claim of claims) {
      const attempts = bySlot.get(claim.lease.workerId);
      if (attempts === undefined) bySlot.set(claim.lease.workerId, [this.#take(claim)]);
      else attempts.push(this.#take(claim));
    }
    return bySlot;
  }

  #take(claim: Claim): Attempt {
    const { turn, job, parentResults } = claim;
    const attempt: Attempt = {
      turn,
      function: job.function,
      params: job.params,
      jobId: job.id,
      attempt: job.attempts,
      timeoutMs: job.timeoutMs,
      parentResults,
      passParentResults: job.passParentResults,
    };
    this.#claims.set(attempt, claim);
    return attempt;
  }

  info(attempt: Attempt): AttemptInfo {
    return infoOf(this.#claims.get(attempt)!);
  }

  /** `undefined` when the attempt is not in hand, or not any more. */
  lease(attempt: Attempt): Lease | undefined {
    return this.#claims.get(attempt)?.lease;
  }

  ended(attempt: Attempt, outcome: Outcome, ms: number): void {
    const claim = this.#claims.get(attempt)!;
    this.#claims.delete(attempt);
    this.logs.ended(attempt);
    const endedAt = this.#clock.now();
    const time = { startedAt: endedAt - Math.round(ms), endedAt };
    this.#ended.push({
      info: infoOf(claim),
      settlement: settle(claim.job, claim.lease, outcome, time),
    });
  }

  /** Hands out what is to be stored; `giveBack` when that did not succeed. */
  takeEnded(): Ended[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  giveBack(ended: readonly Ended[]): void {
    this.#ended.unshift(...ended);
    this.logs.giveBack();
  }

  attempts(): Attempt[] {
    return [...this.#claims.keys()];
  }

  /** Those of them that are in hand. */
  attemptsOf(leases: readonly Lease[]): Attempt[] {
    if (leases.length === 0) return [];
    const isOne = ({ lease }: Claim) =>
      leases.some(({ seq, number }) => seq === lease.seq && number === lease.number);
    return [...this.#claims].flatMap(([attempt, claim]) => (isOne(claim) ? attempt : []));
  }
}

/** What events tell of an attempt. */
export function infoOf({ job, lease }: Pick<AttemptInHand, "job" | "lease">): AttemptInfo {
  return {
    id: job.id,
    seq: job.seq,
    name: job.name,
    attempt: job.attempts,
    maxAttempts: job.maxAttempts,
    workerId: lease.workerId,
  };
}
