import type { Command } from "commander";
import { Job, type JobQueue } from "../../client.js";
import { EXIT } from "../exit-codes.js";
import { describeJobOptions, type JobFlags, jobOptionsOf } from "../job-options.js";
import type { Shell } from "../shell.js";

// What only some calls need is imported there: scripts call this command many times over.

interface Flags extends JobFlags {
  batch?: string;
  wait?: boolean;
}

export const forcesDatabase: true = true;

export function describe(command: Command): void {
  describeJobOptions(command);
  command
    .option("--batch <file>", "many jobs: a JSON object on each line; - for standard input")
    .option("--wait", "wait until it is over, and exit as it ended")
    .option("--force", "on a network file system too; as GIGQ_FORCE=1")
    .addHelpText(
      "after",
      `
The function's module is not loaded; the worker does that.

Examples:
  id=$(gigq submit ./jobs.ts#resize -p file=a.png --timeout 2m)
  gigq submit ./jobs.ts#report --depends-on "$id" --delay 10m
  echo '{"function":"./jobs.ts#resize","params":{"file":"b.png"}}' | gigq submit --batch -`,
    );
}

export async function act(shell: Shell, args: string[], flags: Flags): Promise<number> {
  // Parents are looked up where there is a queue already; a call that is wrong creates none.
  const jobs = await shell.withQueue({ create: false }, async (queue) =>
    flags.batch === undefined
      ? [new Job(await jobOptionsOf(args, flags, shell.terminal, queue))]
      : readBatch(shell, args, { ...flags, batch: flags.batch }, queue),
  );
  return shell.withQueue({ create: true }, async (queue) => {
    await queue.submitAll(jobs);
    const tell = () => announce(shell, queue, jobs, flags.batch !== undefined);
    if (flags.wait) return waitFor(shell, queue, jobs, tell);
    await tell();
    return EXIT.ok;
  });
}

async function readBatch(
  shell: Shell,
  args: readonly string[],
  flags: Flags & { batch: string },
  queue: JobQueue,
): Promise<Job[]> {
  const { readBatch } = await import("../read-batch.js");
  return readBatch(shell, queue, flags.batch, { args, flags: Object.keys(flags) });
}

/** Whoever has read the id can interrupt the waiting and find that this was understood. */
async function waitFor(
  shell: Shell,
  queue: JobQueue,
  jobs: readonly Job[],
  tell: () => Promise<void>,
): Promise<number> {
  const { follow, interruptible, reportEnds } = await import("../follow.js");
  const ids = jobs.map((job) => job.id);
  return interruptible(shell, async (signal) => {
    await tell();
    return reportEnds(shell, await follow(shell, queue, ids, { signal }));
  });
}

/** The id alone on stdout, for scripts; the number besides for people. */
async function announce(
  shell: Shell,
  queue: JobQueue,
  jobs: readonly Job[],
  isBatch: boolean,
): Promise<void> {
  const ids = jobs.map((job) => job.id);
  if (shell.json) {
    const infos = await queue.getStatuses(ids);
    const answers = infos.map((info) => info.exists && { id: info.id, seq: info.seq });
    shell.printJson(isBatch ? answers : answers[0]);
    return;
  }
  if (jobs.length > 0) shell.print(ids.join("\n"));
  if (!shell.terminal.stderr.isTerminal) return;
  const [{ renderName }, { renderCount }] = await Promise.all([
    import("../render/job-line.js"),
    import("../render/time.js"),
  ]);
  const info = jobs.length === 1 ? await queue.getStatus(ids[0]!) : undefined;
  const what = info?.exists ? renderName(info) : `${renderCount(jobs.length)} jobs`;
  shell.say(`submitted ${what}`);
}
