import type { Isolation } from "../../src/index.js";
import type { AttemptRow, JobRow } from "./records.js";

/** A point in time, on both clocks: ms UTC as the database has it, ns as the trace has it. */
export interface Instant {
  readonly ms: number;
  readonly ns: number;
}

export function instant(): Instant {
  return { ms: Date.now(), ns: Number(process.hrtime.bigint()) };
}

/** A job whose id was printed: from then on it is kept, whatever happens. */
export interface Acknowledged {
  readonly id: string;
  readonly maxAttempts: number;
  readonly dependencies: readonly string[];
}

/** One worker from its start to its end; one that is started again is another. */
export interface Life {
  readonly name: string;
  readonly isolation: Isolation;
  readonly started: Instant;
  /** While it was stopped by a signal. */
  readonly pauses: { readonly from: Instant; to?: Instant }[];
  /** When it was killed, or when its folder was taken from it. */
  struck?: Instant & { readonly how: "killed" | "robbed" };
  /** Others that could have noticed its death at once. */
  witnesses: readonly string[];
  /** When a robbed one was let go on, after others had settled what it had in hand. */
  letGo?: Instant;
  ended?: Instant & { readonly code: number | null; readonly signal: NodeJS.Signals | null };
}

/** A `gigq clear`, from its start to its end. */
export interface Clearing {
  readonly statuses: readonly string[];
  readonly started: Instant;
  ended: Instant;
}

export type Blow =
  | "worker"
  | "starting worker"
  | "worker and its guardian"
  | "all workers"
  | "suspended worker"
  | "job"
  | "submitter"
  | "submit"
  | "clear"
  | "robbery"
  | "suspension";

/** What the campaign itself knows about what it did; the checker holds the rest against it. */
export class Journal {
  readonly acknowledged: Map<string, Acknowledged> = new Map();
  readonly lives: Map<string, Life> = new Map();
  readonly clearings: Clearing[] = [];
  /** Jobs that had completed before a clear, and their attempts, by number of the job. */
  readonly completed: Map<number, { job: JobRow; attempts: AttemptRow[] }> = new Map();
  /** Jobs that somebody asked to cancel, or to requeue. */
  readonly cancelled: Set<string> = new Set();
  readonly requeued: Set<string> = new Set();
  readonly blows: Map<Blow, number> = new Map();
  /** What was seen to be wrong while it went on. */
  readonly violations: string[] = [];

  remember({ jobs, attempts }: { jobs: readonly JobRow[]; attempts: readonly AttemptRow[] }): void {
    const fresh = new Set<number>();
    for (const job of jobs) {
      if (this.completed.has(job.seq)) continue;
      this.completed.set(job.seq, { job, attempts: [] });
      fresh.add(job.seq);
    }
    for (const attempt of attempts) {
      if (fresh.has(attempt.job_seq)) this.completed.get(attempt.job_seq)!.attempts.push(attempt);
    }
  }

  count(blow: Blow): void {
    this.blows.set(blow, (this.blows.get(blow) ?? 0) + 1);
  }

  /** Everything that was ended by SIGKILL. */
  get kills(): number {
    let kills = 0;
    for (const [blow, count] of this.blows) {
      if (blow !== "suspension" && blow !== "robbery") kills += count;
    }
    return kills;
  }
}
