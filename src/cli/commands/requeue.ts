import type { Command } from "commander";
import type { JobQueue, JobRef, JobStatus, JobSummary, ListOptions } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import { noSuchJob } from "../no-such-job.js";
import { named, parseBefore, parseRef, parseStatuses, usage } from "../options.js";
import { renderName } from "../render/job-line.js";
import { renderCount } from "../render/time.js";
import { reportChanges } from "../report-changes.js";
import type { Shell } from "../shell.js";
import { openSpinner } from "../spinner.js";
import { whyNotRequeued } from "../why-not-requeued.js";

interface Flags {
  status?: JobStatus[];
  name?: string;
  since?: string;
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
    .option(
      "--since <time>",
      "with --status: only jobs that ended since: an age (2h, a bare number is days) or a date",
    )
    .option("--dry-run", "only say which jobs it would be")
    .addHelpText(
      "after",
      `
Attempts start again at 0, the error is cleared, and there is no delay. Jobs that were cancelled
because this one failed come back with it.

Examples:
  gigq requeue 41
  gigq requeue --status failed,timeout --name import --since 2h --dry-run`,
    );
}

export async function act(shell: Shell, args: string[], flags: Flags): Promise<number> {
  const refs = checked(args, flags);
  const many = flags.status === undefined ? undefined : manyOf(shell, flags.status, flags);
  return shell.withQueue({ create: false }, async (queue) => {
    if (flags.dryRun) return dryRun(shell, queue, refs, many);
    if (many !== undefined) return requeueMany(shell, queue, many);
    return reportChanges(shell, await queue.requeueAll(refs), {
      done: () => "Requeued",
      followed: (count) => `and ${count} that depended on it`,
      refused: whyNotRequeued,
    });
  });
}

function checked(args: readonly string[], { status, name, since }: Flags): JobRef[] {
  if (name !== undefined && status === undefined) {
    throw usage("--name goes with --status", "For example: --status failed --name import");
  }
  if (since !== undefined && status === undefined) {
    throw usage("--since goes with --status", "For example: --status failed --since 2h");
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

/** Which jobs, where they are not named. */
interface Many {
  readonly statuses: ReadonlySet<JobStatus>;
  readonly which: Pick<ListOptions, "name" | "endedSince">;
}

function manyOf(shell: Shell, statuses: readonly JobStatus[], { name, since }: Flags): Many {
  const { now } = shell.terminal;
  const sinceMs =
    since === undefined ? undefined : named("--since", () => parseBefore(since, now()));
  return {
    statuses: new Set(statuses),
    which: {
      ...(name === undefined ? {} : { name }),
      ...(sinceMs === undefined ? {} : { endedSince: new Date(sinceMs) }),
    },
  };
}

async function dryRun(
  shell: Shell,
  queue: JobQueue,
  refs: JobRef[],
  many: Many | undefined,
): Promise<number> {
  const jobs: Pick<JobSummary, "id" | "seq" | "name" | "status">[] = [];
  if (many !== undefined) {
    for await (const page of matching(queue, many)) {
      // Without params and results: there may be many.
      for (const { id, seq, name, status } of page) jobs.push({ id, seq, name, status });
    }
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

async function requeueMany(shell: Shell, queue: JobQueue, many: Many): Promise<number> {
  const { requeued, restored } = await withProgress(shell, queue, many);
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

async function withProgress(
  shell: Shell,
  queue: JobQueue,
  many: Many,
): Promise<{ requeued: number; restored: number }> {
  const spinner = await openSpinner(shell);
  let requeued = 0;
  let restored = 0;
  try {
    for await (const page of matching(queue, many)) {
      for (const result of await queue.requeueAll(page.map((job) => job.seq))) {
        if (result.changed) requeued += 1;
        restored += result.followed;
      }
      spinner.show(() => `${renderCount(requeued)} jobs requeued`);
    }
  } finally {
    spinner.stop();
  }
  return { requeued, restored };
}

/** Page by page, and one status after the other: only so an index gives them in order. */
async function* matching(queue: JobQueue, { statuses, which }: Many): AsyncGenerator<JobSummary[]> {
  for (const status of statuses) {
    let before = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const jobs = await queue.listJobs({ status, ...which, limit: BATCH, before });
      if (jobs.length === 0) break;
      before = jobs.at(-1)!.seq;
      yield jobs;
    }
  }
}
