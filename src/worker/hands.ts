import type { Clock } from "../clock.js";
import type { Attempt } from "../executor/executor.js";
import type { Lease } from "../job/job.js";
import { type Settlement, settle } from "../job/lifecycle.js";
import type { Outcome } from "../job/outcome.js";
import type { AttemptInHand, Claim } from "../storage/storage.js";
import type { AttemptInfo } from "./worker-event.js";

/** An attempt that has ended and is not stored yet. */
export interface Ended {
  readonly info: AttemptInfo;
  readonly settlement: Settlement;
}

/** What a worker holds: claims that are being worked on, and endings that are to be stored. */
export class Hands {
  readonly #clock: Clock;
  readonly #claims = new Map<Attempt, Claim>();
  #ended: Ended[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Claims in hand, begun or not. */
  get held(): number {
    return this.#claims.size;
  }

  /** Endings that wait to be stored. */
  get unsettled(): number {
    return this.#ended.length;
  }

  take(claim: Claim): Attempt {
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

  ended(attempt: Attempt, outcome: Outcome, ms: number): void {
    const claim = this.#claims.get(attempt)!;
    this.#claims.delete(attempt);
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
  }

  attempts(): Attempt[] {
    return [...this.#claims.keys()];
  }

  attemptOf(lease: Lease): Attempt | undefined {
    for (const [attempt, claim] of this.#claims) {
      if (claim.lease.seq === lease.seq && claim.lease.number === lease.number) return attempt;
    }
    return undefined;
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
