import { ChildWorker, type WorkerEnd } from "./child-worker.js";
import type { WorkerFlags } from "./commands/worker.js";
import { EXIT } from "./exit-codes.js";
import { renderDuration } from "./render/time.js";
import { RestartPause } from "./restart-pause.js";
import type { ServiceManager } from "./service-manager.js";
import type { Shell } from "./shell.js";
import type { Report } from "./supervised.js";
import { statusOf, type WorkCounts } from "./work-done.js";
import type { WorkerLog } from "./worker-log.js";
import { workerWords } from "./worker-unit.js";

/** To start a worker again would not help against these: the call is wrong, or there is no queue. */
const HOPELESS: readonly (number | null)[] = [EXIT.usage, EXIT.noQueue];

/** How often the workers are asked how they are, where nobody wants to know it more often. */
const ASK_MS = 2_000;

/** What several workers end with is said once, unless so much later. */
const SAME_FAILURE_MS = 10_000;

/** The place of one worker; another takes it when that one dies. */
interface Post {
  readonly workerId: string;
  readonly pause: RestartPause;
  worker: ChildWorker | undefined;
  /** One of this post has worked. */
  hasStarted: boolean;
  isAtWork: boolean;
  /** How often the worker was asked in vain. */
  unanswered: number;
  counts: WorkCounts;
  cancelRestart: () => void;
}

/** Keeps so many workers alive, each in a process of its own, until it is told to stop. */
export class Supervisor {
  readonly #shell: Shell;
  readonly #flags: WorkerFlags;
  readonly #log: WorkerLog;
  readonly #service: ServiceManager | undefined;
  readonly #posts: readonly Post[];
  /** What workers did that are no more. */
  #past = NOTHING;
  #stopping = false;
  /** The exit status of the first that ended badly for good. */
  #status: number = EXIT.ok;
  /** What workers ended with, and when that was last said, ms UTC. */
  readonly #failures = new Map<string, number>();

  constructor(
    { shell, flags, log }: { shell: Shell; flags: WorkerFlags; log: WorkerLog },
    { workerId, count }: { workerId: string; count: number },
    findService: (status: () => string) => ServiceManager | undefined,
  ) {
    this.#shell = shell;
    this.#flags = flags;
    this.#log = log;
    this.#service = findService(() => statusOf(this.#counts, this.#stopping));
    this.#posts = Array.from({ length: count }, (_, index) => ({
      workerId: `${workerId}.${index + 1}`,
      pause: new RestartPause(),
      worker: undefined,
      hasStarted: false,
      isAtWork: false,
      unanswered: 0,
      counts: NOTHING,
      cancelRestart: () => {},
    }));
  }

  /** Resolves with the exit status of all once every worker has ended for good. */
  async run(): Promise<number> {
    const { terminal } = this.#shell;
    // What is wrong with the queue is said once, and nobody is started for it.
    await this.#shell.withQueue({ create: true }, (queue) => queue.open());
    const [first, last] = [this.#posts[0]!.workerId, this.#posts.at(-1)!.workerId];
    this.#log.note("supervising", `${this.#posts.length} workers: ${first} to ${last}`);
    const off = terminal.onInterrupt(() => this.#stop());
    const asking = this.#service && setInterval(() => this.#askAll(), this.#askMs);
    try {
      await Promise.all(this.#posts.map((post) => this.#man(post)));
      if (this.#isReady && !this.#stopping) this.#service?.stopping();
      return this.#status;
    } finally {
      clearInterval(asking);
      await this.#service?.close();
      this.#log.flush();
      off();
    }
  }

  /** Has a post worked on until nobody is to follow. */
  async #man(post: Post): Promise<void> {
    for (;;) {
      const end = await this.#endOfNext(post);
      post.worker = undefined;
      post.isAtWork = false;
      this.#past = sum([this.#past, { ...post.counts, running: 0 }]);
      post.counts = NOTHING;
      const how = howOf(end);
      if (!this.#isFollowed(end)) return this.#leave(post, end, how);
      const pauseMs = post.pause.after(end.livedMs);
      const when = pauseMs === 0 ? "" : ` in ${renderDuration(pauseMs)}`;
      const said = `worker ${post.workerId} ${how}; another one is started${when}`;
      const { code, signal } = end;
      this.#log.note("replaced", said, { workerId: post.workerId, code, signal, pauseMs });
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        post.cancelRestart = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (this.#stopping) return;
    }
  }

  async #endOfNext(post: Post): Promise<WorkerEnd> {
    const { terminal } = this.#shell;
    try {
      post.worker = new ChildWorker(terminal, this.#wordsFor(post), (report) =>
        this.#hear(post, report),
      );
      return await post.worker.ended;
    } catch (error) {
      // What the system refuses now, it may allow later.
      return { code: null, signal: null, refusal: (error as Error).message, livedMs: 0 };
    }
  }

  /** One that works until it is done has failed for good where it says so itself. */
  #isFollowed({ code }: WorkerEnd): boolean {
    if (this.#stopping || HOPELESS.includes(code)) return false;
    const endsByItself = this.#flags.once || this.#flags.drain;
    return !endsByItself || code === null;
  }

  #leave(post: Post, { code }: WorkerEnd, how: string): void {
    if (code === EXIT.ok) return;
    if (code === null) this.#log.note("ended", `worker ${post.workerId} ${how}`);
    if (this.#status === EXIT.ok) this.#status = code ?? EXIT.failed;
    if (HOPELESS.includes(code) && !this.#stopping) this.#stop();
  }

  /** Begins to stop; called again, all are told to stop at once. */
  #stop(): void {
    const isAgain = this.#stopping;
    if (!isAgain) this.#service?.stopping();
    this.#stopping = true;
    for (const { worker, cancelRestart } of this.#posts) {
      cancelRestart();
      if (isAgain) worker?.hurry();
      worker?.order({ type: "stop" });
    }
  }

  #hear(post: Post, report: Report): void {
    switch (report.type) {
      case "started": {
        const wasReady = this.#isReady;
        post.hasStarted = true;
        post.isAtWork = true;
        post.unanswered = 0;
        if (this.#isReady && !wasReady) this.#service?.ready();
        return;
      }
      case "well":
        post.unanswered = 0;
        post.counts = report;
        return;
      case "failed":
        this.#tellFailure(report.text);
    }
  }

  /** What goes wrong for all at the same time is said once. */
  #tellFailure(text: string): void {
    const { terminal } = this.#shell;
    const now = terminal.now();
    const isNews = now - (this.#failures.get(text) ?? Number.NEGATIVE_INFINITY) > SAME_FAILURE_MS;
    if (!isNews) return;
    this.#failures.set(text, now);
    terminal.stderr.write(text);
  }

  get #isReady(): boolean {
    return this.#posts.every(({ hasStarted }) => hasStarted);
  }

  get #askMs(): number {
    return Math.min(ASK_MS, this.#service?.watchdogEveryMs ?? ASK_MS);
  }

  /** One whose event loop does not turn for as long as the watchdog allows is killed, and replaced. */
  #askAll(): void {
    const { watchdogMs } = this.#service ?? {};
    for (const post of this.#posts) {
      if (post.worker === undefined || !post.isAtWork) continue;
      if (watchdogMs !== undefined && post.unanswered * this.#askMs >= watchdogMs) {
        post.isAtWork = false;
        const silence = renderDuration(post.unanswered * this.#askMs);
        this.#log.warn(`worker ${post.workerId} has given no sign of life for ${silence}`);
        post.worker.kill();
        continue;
      }
      post.unanswered += 1;
      post.worker.order({ type: "how" });
    }
  }

  get #counts(): WorkCounts {
    return sum([this.#past, ...this.#posts.map(({ counts }) => counts)]);
  }

  #wordsFor({ workerId }: Post): string[] {
    const { once, drain, processes, ...flags } = this.#flags;
    return [
      ...["worker", ...workerWords(this.#shell, { ...flags, workerId })],
      ...["--db", this.#shell.path],
      ...(this.#shell.json ? ["--json"] : []),
      ...(once ? ["--once"] : []),
      ...(drain ? ["--drain"] : []),
    ];
  }
}

const NOTHING: WorkCounts = { running: 0, done: 0, failed: 0 };

function sum(all: readonly WorkCounts[]): WorkCounts {
  return all.reduce((one, other) => ({
    running: one.running + other.running,
    done: one.done + other.done,
    failed: one.failed + other.failed,
  }));
}

function howOf({ code, signal, refusal }: WorkerEnd): string {
  if (refusal !== undefined) return `could not be started: ${refusal}`;
  if (signal !== null) return `was killed by ${signal}`;
  return code === EXIT.ok ? "was stopped" : `ended with exit code ${code}`;
}
