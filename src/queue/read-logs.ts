import type { Clock } from "../clock.js";
import { GigqError } from "../errors.js";
import type { JobRecord } from "../job/job.js";
import { isFinished } from "../job/lifecycle.js";
import type { LogPiece, LogStream } from "../storage/log.js";
import type { AttemptRecord, JobRef, Storage } from "../storage/storage.js";
import { Nap } from "./nap.js";
import { unknownJob } from "./unknown-job.js";

/** Which log `readLogs` yields, and for how long. */
export interface ReadLogsOptions {
  /** 1 for the first since the job was submitted or requeued; the latest there is unless given. */
  attempt?: number;
  /**
   * Goes on until the job is over, its later attempts included; with `attempt`, until that one is.
   */
  follow?: boolean;
  /** Stops: the iteration rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** A line that an attempt wrote. */
export interface LogLine {
  /** Which attempt; 1 for the first. */
  readonly attempt: number;
  /** When it was written, ISO 8601 in UTC. */
  readonly at: string;
  /** `log` for what was kept by `context.log`. */
  readonly stream: LogStream;
  /** As it was written, with its line break. A line of more than 64 KiB comes in several parts. */
  readonly bytes: Buffer;
  /** Without the line break. */
  readonly text: string;
}

/** A place where an attempt wrote more than is kept. */
export interface LogGap {
  /** Which attempt; 1 for the first. */
  readonly attempt: number;
  /** How many bytes were left out. */
  readonly omitted: number;
}

/** What `readLogs` yields. */
export type LogEntry = LogLine | LogGap;

/** So many bytes are read at a time. */
const PAGE_BYTES = 1024 * 1024;

/** A change in the database is looked at this much later, with all that come meanwhile. */
const GATHER_MS = 50;

/** How often to look when no change was heard of. */
const SLOW_LOOK_MS = 500;

interface Run {
  readonly lease: number;
  readonly attempt: number;
  readonly isOver: boolean;
}

/** Reads what a job wrote, line by line. */
export async function* readLogs(
  storage: Storage,
  clock: Clock,
  ref: JobRef,
  { attempt, follow = false, signal }: ReadLogsOptions,
): AsyncGenerator<LogEntry, void, undefined> {
  const nap = new Nap(clock);
  const unwatch = follow ? storage.onChange(() => nap.shorten()) : () => {};
  const interrupt = () => nap.end();
  signal?.addEventListener("abort", interrupt);
  try {
    let reader: RunReader | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const { job, runs } = await look(storage, ref);
      const wanted = wantedOf(runs, job, attempt, reader?.run);
      // One that was given back is not among the runs; what it had written is read to the end.
      if (reader !== undefined && wanted[0]?.lease !== reader.run.lease) yield* reader.rest();
      for (const run of wanted) {
        if (reader?.run.lease !== run.lease) reader = new RunReader(storage, job.seq, run);
        yield* reader.rest();
      }
      const isOver = attempt !== undefined && wanted[0]?.isOver;
      if (!follow || isOver || isFinished(job.status)) return;
      await nap.take(GATHER_MS, SLOW_LOOK_MS);
    }
  } finally {
    unwatch();
    signal?.removeEventListener("abort", interrupt);
  }
}

/** The job and its runs, oldest first. Whatever a run that is over has written is stored by then. */
async function look(storage: Storage, ref: JobRef): Promise<{ job: JobRecord; runs: Run[] }> {
  const [job] = await storage.get([ref]);
  if (job === undefined) throw unknownJob(ref);
  const ended = (await storage.attempts([job.seq])).map(runOf);
  const { status, lease, attempts } = job;
  const runs = ended.filter((run) => run.lease !== lease || status !== "running");
  if (status === "running") runs.push({ lease, attempt: attempts, isOver: false });
  return { job, runs };
}

function runOf({ lease, attempt }: AttemptRecord): Run {
  return { lease, attempt, isOver: true };
}

/** The runs that are to be read, from the one that was read last. */
function wantedOf(
  runs: readonly Run[],
  job: JobRecord,
  attempt: number | undefined,
  last: Run | undefined,
): Run[] {
  if (attempt !== undefined) {
    // After a requeue they are counted anew, and one that was given back has the same number again.
    const run =
      runs.find(({ lease }) => lease === last?.lease) ??
      runs.findLast((other) => other.attempt === attempt);
    if (run === undefined && last === undefined) throw unknownAttempt(job, attempt, runs);
    return run === undefined ? [] : [run];
  }
  return last === undefined ? runs.slice(-1) : runs.filter(({ lease }) => lease >= last.lease);
}

function unknownAttempt(job: JobRecord, attempt: number, runs: readonly Run[]): GigqError {
  const known = [...new Set(runs.map((run) => run.attempt))].sort((a, b) => a - b);
  const hint =
    known.length === 0
      ? "It has not run yet"
      : known.length === 1
        ? `It has had one, number ${known[0]}`
        : `It has had these: ${known.join(", ")}`;
  return new GigqError("unknown-attempt", `#${job.seq} ${job.name} has no attempt ${attempt}`, {
    hint,
  });
}

/** Reads the log of one run, each time as far as it goes. */
class RunReader {
  readonly run: Run;
  readonly #storage: Storage;
  readonly #seq: number;
  #position = 0;

  constructor(storage: Storage, seq: number, run: Run) {
    this.run = run;
    this.#storage = storage;
    this.#seq = seq;
  }

  async *rest(): AsyncGenerator<LogEntry, void, undefined> {
    const { lease, attempt } = this.run;
    for (;;) {
      const pieces = await this.#storage.readLog({
        seq: this.#seq,
        lease,
        from: this.#position,
        limitBytes: PAGE_BYTES,
      });
      if (pieces.length === 0) return;
      for (const piece of pieces) {
        const omitted = piece.position - this.#position;
        if (omitted > 0) yield { attempt, omitted };
        this.#position = piece.position + piece.bytes.length;
        yield* linesOf(piece, attempt);
      }
    }
  }
}

const LINE_BREAK = 10;

function* linesOf({ at, stream, bytes: all }: LogPiece, attempt: number): Generator<LogLine> {
  const whole = Buffer.from(all.buffer, all.byteOffset, all.length);
  const moment = new Date(at).toISOString();
  for (let start = 0; start < whole.length; ) {
    const end = whole.indexOf(LINE_BREAK, start) + 1 || whole.length;
    const bytes = whole.subarray(start, end);
    const text = bytes.toString("utf8").replace(/\r?\n$/, "");
    yield { attempt, at: moment, stream, bytes, text };
    start = end;
  }
}
