import type { Command } from "commander";
import type { CancelOptions, ChangeResult, JobQueue, JobSummary } from "../../index.js";
import { parseRef } from "../options.js";
import { renderName } from "../render/job-line.js";
import { renderCount } from "../render/time.js";
import { reportChanges } from "../report-changes.js";
import type { Shell } from "../shell.js";

/** A worker answers a forced cancel within moments; longer than this, none is there to do so. */
const KILL_TIMEOUT = 10;

export function describe(command: Command): void {
  command
    .argument("<ids...>", "numbers or ids of jobs")
    .option("-f, --force", "also kill jobs that run")
    .option("--downstream", "also cancel all that depends on them, directly or not")
    .addHelpText(
      "after",
      `
Jobs that depend on a cancelled one are cancelled with it, unless they were submitted with
--on-parent-failure wait or run. With --downstream these are, too; of a job that is over, only what
depends on it is cancelled; and with --force those that run are killed. Requeueing the job brings
back what was cancelled with it.

Examples:
  gigq cancel --force 43
  gigq cancel --downstream 41`,
    );
}

export async function act(
  shell: Shell,
  args: string[],
  { force = false, downstream = false }: CancelOptions,
): Promise<number> {
  const refs = args.map(parseRef);
  return shell.withQueue({ create: false }, async (queue) => {
    const results = await queue.cancelAll(refs, { force, downstream });
    return reportChanges(shell, force ? await afterKilling(queue, results) : results, {
      done: () => "Cancelled",
      followed: (count) => `and ${count} that depended on it`,
      onlyFollowed: (job, count) =>
        `Cancelled ${count === 1 ? "1 job" : `${renderCount(count)} jobs`} that depended on ${renderName(job)}`,
      refused: (job) => refusal(job, { force, downstream }),
    });
  });
}

/** Waits for workers to kill what runs. A job may have ended in another way just before. */
async function afterKilling(
  queue: JobQueue,
  results: readonly ChangeResult[],
): Promise<ChangeResult[]> {
  const killed = results.filter((result) => result.changed && result.job.status === "running");
  if (killed.length === 0) return [...results];
  const seqs = killed.map((result) => result.job.seq);
  await queue.wait(seqs, { timeout: KILL_TIMEOUT }).catch((error) => {
    if (error.code !== "wait-timeout") throw error;
  });
  const now = await queue.getStatuses(results.map((result) => result.job.seq));
  return results.map((result, index) => {
    const job = now[index]!;
    return job.exists
      ? { ...result, job, changed: result.changed && job.status === "cancelled" }
      : result;
  });
}

function refusal(
  job: JobSummary,
  { force, downstream }: CancelOptions,
): { message: string; hint: string } {
  if (job.status !== "running") {
    const nothing = downstream ? ", and nothing that depends on it is left to cancel" : "";
    return {
      message: `is ${job.status} already${nothing}`,
      hint: "Only jobs that are not over can be cancelled",
    };
  }
  if (!force) {
    return {
      message: "is running, and only pending jobs are cancelled",
      hint: `To kill it: gigq cancel --force ${downstream ? "--downstream " : ""}${job.seq}`,
    };
  }
  return {
    message: `still runs: its worker ${job.workerId} has not answered in ${KILL_TIMEOUT} s`,
    hint: "It is cancelled as soon as the worker sees it; is the worker alive?",
  };
}
