import type { Command } from "commander";
import { Job, Worker } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import { follow, interruptible, reportEnds } from "../follow.js";
import { describeJobOptions, type JobFlags, jobOptionsOf } from "../job-options.js";
import { plain } from "../render/plain.js";
import type { Shell } from "../shell.js";
import { openSpinner } from "../spinner.js";

export const forcesDatabase: true = true;

export function describe(command: Command): void {
  describeJobOptions(command);
  command.option("--force", "on a network file system too; as GIGQ_FORCE=1").addHelpText(
    "after",
    `
A result that is a string is printed as it is, anything else as JSON. What the job writes goes to stderr.
Exits with 0 when it completed, 10 when it failed, 11 when it timed out, 12 when it was cancelled.

Example: gigq run ./jobs.ts#greet -p name=Ada`,
  );
}

export async function act(shell: Shell, args: string[], flags: JobFlags): Promise<number> {
  const job = await shell.withQueue(
    { create: false },
    async (queue) => new Job(await jobOptionsOf(args, flags, shell.terminal, queue)),
  );
  return shell.withQueue({ create: true }, async (queue) => {
    await queue.submit(job);
    const info = await queue.getStatus(job.id);
    const spinner = await openSpinner(shell);
    const worker = new Worker(shell.path, {
      allowNetworkFileSystem: shell.force,
      ...(info.exists ? { only: info.seq } : {}),
      shutdownTimeout: 0,
      onEvent: (event) => {
        if (event.type === "output" && !shell.terminal.stderr.isClogged) {
          spinner.above(() => shell.terminal.stderr.write(onTerminal(shell, event.text)));
        }
      },
    });
    const working = worker.start();
    try {
      return await interruptible(
        shell,
        async (signal) => {
          // The worker works until it is stopped; if it ends before, it has failed.
          const failed = working.then(() => new Promise<never>(() => {}));
          const ended = await Promise.race([
            follow(shell, queue, [job.id], { signal, spinner }),
            failed,
          ]);
          if (ended[0]?.status !== "completed") return reportEnds(shell, ended);
          printResult(shell, ended[0].result);
          return EXIT.ok;
        },
        {
          first: async () => {
            await queue.cancel(job.id, { force: true });
            await worker.close();
            shell.say("interrupted: the job is cancelled");
          },
          again: () => void worker.stop(),
        },
      );
    } finally {
      spinner.stop();
      await worker.close();
    }
  });
}

function printResult(shell: Shell, result: unknown): void {
  if (shell.json || typeof result !== "string") shell.printJson(result);
  else shell.print(shell.terminal.stdout.isTerminal ? plain(result) : result);
}

function onTerminal(shell: Shell, text: string): string {
  return shell.terminal.stderr.isTerminal ? plain(text) : text;
}
