import type { Command } from "commander";
import type { JobQueue, JobStatus, JobSummary, ListOptions } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import { named, parseBefore, parseStatuses, parseWhole } from "../options.js";
import { renderTable } from "../render/job-table.js";
import { plainJson } from "../render/plain.js";
import { renderCounts } from "../render/stats.js";
import { renderCount } from "../render/time.js";
import type { Shell } from "../shell.js";

interface Flags {
  status?: JobStatus[];
  name?: string;
  since?: string;
  limit?: number;
}

type Which = ListOptions & { readonly limit: number };

/** So many jobs are read at a time, so that a long list takes no more memory than a short one. */
const PAGE = 500;

export function describe(command: Command): void {
  command
    .option("-s, --status <statuses>", "only these, separated by commas", parseStatuses)
    .option("-n, --name <name>", "only jobs of this name")
    .option(
      "--since <time>",
      "only jobs that ended since: an age (2h, a bare number is days) or a date",
    )
    .option("-l, --limit <number>", "at most this many (default 100)", (text) =>
      parseWhole(text, 1),
    )
    .addHelpText("after", "\nExample: gigq list --status failed,timeout --limit 20");
}

export async function act(shell: Shell, _args: string[], flags: Flags): Promise<number> {
  const which = whichOf(shell, flags);
  return shell.withQueue({ create: false }, async (queue) => {
    if (shell.json) await printJson(shell, queue, which);
    else await printTable(shell, queue, which);
    return EXIT.ok;
  });
}

function whichOf(shell: Shell, { status, name, since, limit = 100 }: Flags): Which {
  const { now } = shell.terminal;
  const sinceMs =
    since === undefined ? undefined : named("--since", () => parseBefore(since, now()));
  return {
    ...(status === undefined ? {} : { status }),
    ...(name === undefined ? {} : { name }),
    ...(sinceMs === undefined ? {} : { endedSince: new Date(sinceMs) }),
    limit,
  };
}

/** One document, written page by page. */
async function printJson(shell: Shell, queue: JobQueue, which: Which): Promise<void> {
  const { stdout } = shell.terminal;
  let separator = "[";
  for await (const jobs of pages(queue, which)) {
    for (const job of jobs) {
      stdout.write(`${separator}${plainJson(job)}`);
      separator = ",\n";
    }
  }
  stdout.write(separator === "[" ? "[]\n" : "]\n");
}

async function printTable(shell: Shell, queue: JobQueue, which: Which): Promise<void> {
  const jobs: JobSummary[] = [];
  for await (const page of pages(queue, which)) jobs.push(...page);
  const stats = await queue.stats();
  if (jobs.length > 0) shell.print(await renderTable(jobs, shell.out, shell.terminal.now()));
  const shown = `${renderCount(jobs.length)} of ${renderCount(stats.total)}`;
  shell.print(shell.out.dim([shown, renderCounts(stats)].filter((part) => part).join(" · ")));
}

async function* pages(queue: JobQueue, which: Which): AsyncGenerator<JobSummary[]> {
  let left = which.limit;
  let before = {};
  while (left > 0) {
    const jobs = await queue.listJobs({ ...which, ...before, limit: Math.min(left, PAGE) });
    yield jobs;
    if (jobs.length < PAGE) return;
    left -= jobs.length;
    before = { before: jobs.at(-1)!.seq };
  }
}
