import type { Command } from "commander";
import type { JobQueue, JobStatus, JobSummary, ListOptions } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import { parseStatuses, parseWhole } from "../options.js";
import { renderTable } from "../render/job-table.js";
import { plainJson } from "../render/plain.js";
import { renderCounts } from "../render/stats.js";
import { renderCount } from "../render/time.js";
import type { Shell } from "../shell.js";

interface Flags {
  status?: JobStatus[];
  name?: string;
  limit?: number;
}

/** So many jobs are read at a time, so that a long list takes no more memory than a short one. */
const PAGE = 500;

export function describe(command: Command): void {
  command
    .option("-s, --status <statuses>", "only these, separated by commas", parseStatuses)
    .option("-n, --name <name>", "only jobs of this name")
    .option("-l, --limit <number>", "at most this many (default 100)", (text) =>
      parseWhole(text, 1),
    )
    .addHelpText("after", "\nExample: gigq list --status failed,timeout --limit 20");
}

export async function act(shell: Shell, _args: string[], flags: Flags): Promise<number> {
  return shell.withQueue({ create: false }, async (queue) => {
    if (shell.json) await printJson(shell, queue, flags);
    else await printTable(shell, queue, flags);
    return EXIT.ok;
  });
}

/** One document, written page by page. */
async function printJson(shell: Shell, queue: JobQueue, flags: Flags): Promise<void> {
  const { stdout } = shell.terminal;
  let separator = "[";
  for await (const jobs of pages(queue, flags)) {
    for (const job of jobs) {
      stdout.write(`${separator}${plainJson(job)}`);
      separator = ",\n";
    }
  }
  stdout.write(separator === "[" ? "[]\n" : "]\n");
}

async function printTable(shell: Shell, queue: JobQueue, flags: Flags): Promise<void> {
  const jobs: JobSummary[] = [];
  for await (const page of pages(queue, flags)) jobs.push(...page);
  const stats = await queue.stats();
  if (jobs.length > 0) shell.print(await renderTable(jobs, shell.out, shell.terminal.now()));
  const shown = `${renderCount(jobs.length)} of ${renderCount(stats.total)}`;
  shell.print(shell.out.dim([shown, renderCounts(stats)].filter((part) => part).join(" · ")));
}

async function* pages(queue: JobQueue, flags: Flags): AsyncGenerator<JobSummary[]> {
  let left = flags.limit ?? 100;
  let before: number | undefined;
  while (left > 0) {
    const query: ListOptions = { limit: Math.min(left, PAGE) };
    if (flags.status !== undefined) query.status = flags.status;
    if (flags.name !== undefined) query.name = flags.name;
    if (before !== undefined) query.before = before;
    const jobs = await queue.listJobs(query);
    yield jobs;
    if (jobs.length < PAGE) return;
    left -= jobs.length;
    before = jobs.at(-1)!.seq;
  }
}
