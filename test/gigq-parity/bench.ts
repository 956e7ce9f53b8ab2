import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import type { TestContext } from "node:test";
import {
  Job,
  type JobInfo,
  type JobOptions,
  JobQueue,
  type JobRef,
  type WorkerOptions,
} from "../../src/index.js";
import { eventually } from "../support/eventually.js";
import { MovedClock } from "../support/moved-clock.js";
import { fixture } from "../support/paths.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { HeardWorker } from "../support/worker.js";

type Rules = Omit<JobOptions, "function">;

/** A queue and its workers on one clock; jobs run in this process unless it matters where. */
export class Bench {
  readonly folder: string;
  readonly path: string;
  readonly clock: MovedClock = new MovedClock();
  readonly queue: JobQueue;
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.folder = temporaryFolder(t);
    this.path = this.file("gigq.db");
    this.queue = new JobQueue(this.path, { clock: this.clock });
    this.#t = t;
    t.after(() => this.queue.close());
  }

  file(name: string): string {
    return `${this.folder}/${name}`;
  }

  job(name: string, rules: Rules = {}): Job {
    return new Job({ function: `${fixture("parity/jobs.mjs")}#${name}`, ...rules });
  }

  async submit(name: string, rules: Rules = {}): Promise<string> {
    return this.queue.submit(this.job(name, rules));
  }

  /** A job that has begun, and ends when it is told to. */
  async held(worker: HeardWorker, name = "hold", rules: Rules = {}): Promise<Held> {
    const [begun, go] = [this.file(`${name}.begun`), this.file(`${name}.go`)];
    const id = await this.submit(name, { ...rules, params: { begun, go } });
    const working = worker.start();
    await eventually(`${name} to begin`, () => existsSync(begun));
    return { id, working, letGo: () => writeFileSync(go, "") };
  }

  worker(options: WorkerOptions = {}): HeardWorker {
    const worker = new HeardWorker(this.path, {
      isolation: "inline",
      clock: this.clock,
      ...options,
    });
    this.#t.after(() => worker.close());
    return worker;
  }

  /** Works until nothing is ready. */
  async drain(options: WorkerOptions = {}): Promise<void> {
    await this.worker({ until: "drain", ...options }).start();
  }

  /** Everything about a job that must be there. */
  async info(ref: JobRef): Promise<JobInfo> {
    const info = await this.queue.getStatus(ref);
    assert.ok(info.exists, `job ${ref}`);
    return info;
  }
}

interface Held {
  readonly id: string;
  /** Resolves when the worker that runs it has stopped. */
  readonly working: Promise<void>;
  readonly letGo: () => void;
}
