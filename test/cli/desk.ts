import assert from "node:assert/strict";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import type { TestContext } from "node:test";
import { type JobInfo, JobQueue, Worker } from "../../src/index.js";
import { eventually } from "../support/eventually.js";
import { gigq, type Ran, type RunOptions, startGigq } from "../support/gigq.js";
import { fixture } from "../support/paths.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** A command line: words between spaces, or a list where a word has a space in it. */
export type Line = string | readonly string[];

type Options = Partial<RunOptions>;

/** A folder with `jobs.mjs` in it, where somebody calls gigq. */
export class Desk {
  readonly folder: string;
  readonly db: string;
  /** The queue in the folder, for looking at it without a process. */
  readonly queue: JobQueue;
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.folder = temporaryFolder(t);
    this.db = this.path("gigq.db");
    this.queue = new JobQueue(this.db);
    this.#t = t;
    this.bring("jobs.mjs");
    t.after(() => this.queue.close());
  }

  path(name: string): string {
    return `${this.folder}/${name}`;
  }

  /** Copies one of the fixtures for the command line into the folder. */
  bring(name: string): void {
    copyFileSync(fixture(`cli/${name}`), this.path(name));
  }

  async gigq(line: Line, options: Options = {}): Promise<Ran> {
    return gigq(wordsOf(line), { cwd: this.folder, ...options });
  }

  /** Calls gigq, which must succeed without a word on stderr; answers what it printed. */
  async ask(line: Line, options: Options = {}): Promise<string> {
    const { stdout, ...rest } = await this.gigq(line, options);
    assert.deepEqual(rest, { status: 0, stderr: "" });
    return stdout;
  }

  start(line: Line): ChildProcessWithoutNullStreams {
    return startGigq(this.#t, wordsOf(line), { cwd: this.folder });
  }

  /** A job of the queue that must be there. */
  async job(ref: number | string): Promise<JobInfo> {
    const job = await this.queue.getStatus(typeof ref === "string" ? ref.trim() : ref);
    assert.ok(job.exists, `job ${ref}`);
    return job;
  }

  /** Works in this process until nothing is ready. */
  async work(): Promise<void> {
    const worker = new Worker(this.db, { isolation: "inline", until: "drain", workerId: "w" });
    await worker.start();
    await worker.close();
  }

  /** Resolves with the numbers of the processes that a `hold` job has left in a file. */
  async pids(name: string, count = 1): Promise<number[]> {
    return eventually(`${count} processes in ${name}`, () => {
      if (!existsSync(this.path(name))) return undefined;
      const lines = readFileSync(this.path(name), "utf8").split("\n").slice(0, -1);
      return lines.length >= count && lines.map(Number);
    });
  }
}

/** What a call answers that is quiet but for what is given here. */
export function says(expected: Partial<Ran>): Ran {
  return { status: 0, stdout: "", stderr: "", ...expected };
}

/** What a call answers that is refused: one sentence, and what to do next. */
export function refuses(status: number, message: string, hint: string): Ran {
  return says({ status, stderr: `gigq: ${message}\n${hint}\n` });
}

function wordsOf(line: Line): readonly string[] {
  return typeof line === "string" ? line.split(" ") : line;
}

export const UUID: RegExp =
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n$/;
