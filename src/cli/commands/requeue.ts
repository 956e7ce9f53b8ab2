import type { Command } from "commander";
import type { JobQueue, JobRef, JobStatus, JobSummary } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import { noSuchJob } from "../no-such-job.js";
import { parseRef, parseStatuses, usage } from "../options.js";
import { renderName } from "../render/job-line.js";
import { renderCount } from "../render/time.js";
import { reportChanges } from "../report-changes.js";
import type { Shell } from "../shell.js";

interface Flags {
  status?: JobStatus[];
  name?: string;
  dryRun?: boolean;
}

const REQUEUEABLE: readonly JobStatus[] = ["failed", "timeout", "cancelled"];

/** So many jobs are requeued in one commit. */
const BATCH = 500;

export function describe(command: Command): void {
  command
    .argument("[ids...]", "numbers or ids of jobs")
    .option("-s, --status <statuses>", "all jobs with these statuses instead", parseStatuses)
    .option("-n, --name <name>", "with --status: only jobs of this name")
    .option("--dry-run", "only say which jobs it would be")
    .addHelpText(
      "after",
      `
Attempts start again at 0, the error is cleared, and there is no delay. Jobs that were cancelled
because this one failed come back with it.

Examples:
  gigq requeue 41
  gigq requeue --status failed,timeout --name import --dry-run`,
    );
}

export async function act(shell: Shell, args: string[], flags: Flags): Promise<number> {
  const refs = checked(args, flags);
  return shell.withQueue({ create: false }, async (queue) => {
    if (flags.dryRun) return dryRun(shell, queue, refs, flags);
    if (flags.status !== undefined) return requeueMany(shell, queue, flags);
    return reportChanges(shell, await queue.requeueAll(refs), {
      done: () => "Requeued",
      followed: (count) => `and ${count} that depended on it`,
      refused: refusal,
    });
  });
}

function checked(args: readonly string[], { status, name }: Flags): JobRef[] {
  if (name !== undefined && status === undefined) {
    throw usage("--name goes with --status", "For example: --status failed --name import");
  }
  if (args.length > 0 === (status !== undefined)) {
    throw usage(
      args.length > 0 ? "ids and --status cannot be given together" : "no job is named",
      "Give numbers or ids, as in: gigq requeue 42, or --status failed,timeout",
    );
  }
  const wrong = status?.find((one) => !REQUEUEABLE.includes(one));
  if (wrong !== undefined) {
    throw usage(
      `--status: ${wrong} jobs cannot be requeued`,
      `Choose among: ${REQUEUEABLE.join(", ")}`,
    );
  }
  return args.map(parseRef);
}

async function dryRun(
  shell: Shell,
  queue: JobQueue,
  refs: JobRef[],
  flags: Flags,
): Promise<number> {
  const jobs: JobSummary[] = [];
  if (flags.status !== undefined) {
    for await (const page of matching(queue, flags)) jobs.push(...page);
  } else {
    const infos = await queue.getStatuses(refs);
    const missing = refs.filter((_, index) => !infos[index]!.exists);
    if (missing.length > 0) throw noSuchJob(missing);
    for (const job of infos) {
      if (job.exists && REQUEUEABLE.includes(job.status)) jobs.push(job);
    }
  }
  if (shell.json) {
    shell.printJson(jobs.map(({ id, seq, name, status }) => ({ id, seq, name, status })));
    return EXIT.ok;
  }
  for (const job of jobs) shell.print(`Would requeue ${renderName(job)}, ${job.status}`);
  if (jobs.length === 0) shell.print("Nothing to requeue");
  return EXIT.ok;
}

async function requeueMany(shell: Shell, queue: JobQueue, flags: Flags): Promise<number> {
  let requeued = 0;
  let restored = 0;
  for await (const page of matching(queue, flags)) {
    for (const result of await queue.requeueAll(page.map((job) => job.seq))) {
      if (result.changed) requeued += 1;
      restored += result.followed;
    }
  }
  if (shell.json) {
    shell.printJson({ requeued, restored });
    return EXIT.ok;
  }
  const jobs = `${renderCount(requeued)} ${requeued === 1 ? "job" : "jobs"}`;
  shell.print(
    `Requeued ${jobs}${restored > 0 ? `, and restored ${renderCount(restored)} that depended on them` : ""}`,
  );
  return EXIT.ok;
}

/** Page by page, and one status after the other: only so an index gives them in order. */
async function* matching(queue: JobQueue, flags: Flags): AsyncGenerator<JobSummary[]> {
  const name = flags.name === undefined ? {} : { name: flags.name };
  for (const status of new Set(flags.status)) {
    let before = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const jobs = await queue.listJobs({ status, ...name, limit: BATCH, before });
      if (jobs.length === 0) break;
      before = jobs.at(-1)!.seq;
      yield jobs;
    }
  }
}

function refusal(job: JobSummary): { message: string; hint: string } {
  if (job.status === "cancelled") {
    return {
      message: `cannot run again before its parent does: ${job.error ?? ""}`,
      hint: "Requeue the parent: that restores this job too",
    };
  }
  return {
    message: `is ${job.status}`,
    hint: "Only failed, timed out and cancelled jobs can be requeued",
  };
}
