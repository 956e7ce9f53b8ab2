import type { Command } from "commander";
import { follow, interruptible, reportEnds } from "../follow.js";
import { parseDuration, parseRef } from "../options.js";
import type { Shell } from "../shell.js";

export function describe(command: Command): void {
  command
    .argument("<ids...>", "numbers or ids of jobs")
    .option("--timeout <duration>", "stop waiting after this, with status 124", (text) =>
      parseDuration(text),
    )
    .addHelpText(
      "after",
      `
Exits with 0 when all completed, else as the first that did not: 10 failed, 11 timed out, 12 cancelled.
With 4, at once, when one can never run, because it waits for a job that failed.

Example: gigq wait 41 42 --timeout 10m`,
    );
}

export async function act(
  shell: Shell,
  args: string[],
  { timeout }: { timeout?: number },
): Promise<number> {
  const refs = args.map(parseRef);
  return shell.withQueue({ create: false }, (queue) =>
    interruptible(shell, async (signal) => {
      const jobs = await follow(shell, queue, refs, { timeout, signal });
      if (shell.json) shell.printJson(jobs.length === 1 ? jobs[0] : jobs);
      return reportEnds(shell, jobs);
    }),
  );
}
