import type { TestContext } from "node:test";
import {
  Job,
  type JobOptions,
  JobQueue,
  Worker,
  type WorkerEvent,
  type WorkerOptions,
} from "../../src/index.js";
import { fixture } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

type Rules = Omit<JobOptions, "function">;

/** A queue in a folder of its own, and workers on it; all closed when the test is over. */
export class Place {
  readonly folder: string;
  readonly path: string;
  readonly queue: JobQueue;
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.folder = temporaryFolder(t);
    this.path = `${this.folder}/gigq.db`;
    this.queue = new JobQueue(this.path);
    this.#t = t;
    t.after(() => this.queue.close());
  }

  /** A job of the fixture `worker/jobs.mjs`. */
  job(name: string, rules: Rules = {}): Job {
    return this.jobAt(`${fixture("worker/jobs.mjs")}#${name}`, rules);
  }

  /** A job that calls a function, wherever that is. */
  jobAt(address: string, rules: Rules = {}): Job {
    return new Job({ function: address, ...rules });
  }

  async submit(name: string, rules: Rules = {}): Promise<string> {
    return this.queue.submit(this.job(name, rules));
  }

  worker(options: WorkerOptions = {}): HeardWorker {
    const worker = new HeardWorker(this.path, options);
    this.#t.after(() => worker.close());
    return worker;
  }
}

/** A worker whose events can be waited for. */
export class HeardWorker extends Worker {
  readonly events: WorkerEvent[];
  readonly #listeners: Set<() => void>;

  constructor(path: string, options: WorkerOptions) {
    const events: WorkerEvent[] = [];
    const listeners = new Set<() => void>();
    super(path, {
      pollingInterval: 60,
      ...options,
      onEvent: (event) => {
        events.push(event);
        for (const listener of listeners) listener();
      },
    });
    this.events = events;
    this.#listeners = listeners;
  }

  of<T extends WorkerEvent["type"]>(type: T): (WorkerEvent & { type: T })[] {
    return this.events.filter((event): event is WorkerEvent & { type: T } => event.type === type);
  }

  /** Resolves once so many events of a type have been heard. */
  async heard(type: WorkerEvent["type"], count = 1): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (this.of(type).length < count) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }
}
