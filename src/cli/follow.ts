import type { JobInfo, JobQueue, JobRef, JobSummary } from "../index.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { renderEnd, renderProgress } from "./render/job-line.js";
import type { Shell } from "./shell.js";
import { openSpinner, type Spinner } from "./spinner.js";

/** Waits for jobs, with a spinner on a terminal. Rejects with `wait-timeout`, `forbidden` or `interrupted`. */
export async function follow(
  shell: Shell,
  queue: JobQueue,
  refs: readonly JobRef[],
  options: { timeout?: number | undefined; signal?: AbortSignal; spinner?: Spinner },
): Promise<JobInfo[]> {
  const spinner = options.spinner ?? (await openSpinner(shell));
  const { timeout, signal } = options;
  try {
    return await queue.wait(refs, {
      ...(timeout === undefined ? {} : { timeout }),
      ...(signal === undefined ? {} : { signal }),
      onLook: (unfinished: readonly JobSummary[]) =>
        spinner.show(() => renderProgress(unfinished, refs.length, shell.terminal.now())),
    });
  } finally {
    spinner.stop();
  }
}

/** Says how jobs ended, and answers the exit status that goes with it. */
export function reportEnds(shell: Shell, jobs: readonly JobInfo[]): number {
  const saidToAll = jobs.filter((job) => job.status !== "completed");
  for (const job of jobs) {
    const text = renderEnd(job, shell.err);
    if (saidToAll.includes(job)) shell.say(text);
    else if (jobs.length < 20) shell.sayOnTerminal(text);
  }
  return exitCodeOf(jobs.map((job) => job.status));
}

/** What Ctrl-C does besides ending an action: the first time, and when that takes too long. */
interface Interrupts {
  readonly first?: () => Promise<void>;
  readonly again?: () => void;
}

/** Runs an action that Ctrl-C ends; answers what it answers, or 130. */
export async function interruptible(
  shell: Shell,
  action: (signal: AbortSignal) => Promise<number>,
  interrupts: Interrupts = {},
): Promise<number> {
  const abort = new AbortController();
  const off = shell.terminal.onInterrupt(() => {
    if (abort.signal.aborted) interrupts.again?.();
    else abort.abort();
  });
  try {
    return await action(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    await interrupts.first?.();
    return EXIT.interrupted;
  } finally {
    off();
  }
}
