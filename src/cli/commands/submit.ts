import type { Command } from "commander";
import { Job, type JobQueue } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import { follow, interruptible, reportEnds } from "../follow.js";
import { describeJobOptions, type JobFlags, jobOptionsOf, readText } from "../job-options.js";
import { usage } from "../options.js";
import { parseBatch } from "../parse-batch.js";
import { renderName } from "../render/job-line.js";
import { renderCount } from "../render/time.js";
import type { Shell } from "../shell.js";
import { openSpinner } from "../spinner.js";

interface Flags extends JobFlags {
  batch?: string;
  wait?: boolean;
}

export function describe(command: Command): void {
  describeJobOptions(command);
  command
    .option("--batch <file>", "many jobs: a JSON object on each line; - for standard input")
    .option("--wait", "wait until it is over, and exit as it ended")
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
  return shell.withQueue({ create: true }, async (queue) => {
    const jobs =
      flags.batch === undefined
        ? [new Job(await jobOptionsOf(args, flags, shell.terminal, queue))]
        : await readBatch(shell, args, flags, queue);
    await queue.submitAll(jobs);
    await announce(shell, queue, jobs);
    if (!flags.wait) return EXIT.ok;
    return interruptible(shell, async (signal) =>
      reportEnds(
        shell,
        await follow(
          shell,
          queue,
          jobs.map((job) => job.id),
          { signal },
        ),
      ),
    );
  });
}

async function readBatch(shell: Shell, args: string[], flags: Flags, queue: JobQueue) {
  const { batch, wait: _, db: __, json: ___, debug: ____, ...rest } = flags as Flags & Globals;
  const extra = args[0] ?? Object.keys(rest)[0];
  if (extra !== undefined) {
    throw usage(
      `--batch takes each job from the file, and "${extra}" was given besides`,
      "Leave it out",
    );
  }
  const { terminal } = shell;
  const text = batch === "-" ? terminal.readStdin() : readText(batch!, terminal.cwd, "--batch");
  const spinner = await openSpinner(shell);
  try {
    return await parseBatch(text, terminal.cwd, queue, (read) =>
      spinner.show(() => `${renderCount(read)} jobs read`),
    );
  } finally {
    spinner.stop();
  }
}

interface Globals {
  db?: string;
  json?: boolean;
  debug?: boolean;
}

/** The id alone on stdout, for scripts; the number besides for people. */
async function announce(shell: Shell, queue: JobQueue, jobs: readonly Job[]): Promise<void> {
  if (shell.json) {
    const infos = await queue.getStatuses(jobs.map((job) => job.id));
    const answers = infos.map((info) => info.exists && { id: info.id, seq: info.seq });
    shell.printJson(jobs.length === 1 ? answers[0] : answers);
    return;
  }
  if (jobs.length > 0) shell.print(jobs.map((job) => job.id).join("\n"));
  if (!shell.terminal.stderr.isTerminal) return;
  if (jobs.length !== 1) return shell.say(`submitted ${renderCount(jobs.length)} jobs`);
  const info = await queue.getStatus(jobs[0]!.id);
  if (info.exists) shell.say(`submitted ${renderName(info)}`);
}
