import type { Command } from "commander";
import type { JobQueue, JobRef, LogEntry, ReadLogsOptions } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import { interruptible } from "../follow.js";
import { parseRef, parseWhole, usage } from "../options.js";
import { renderName } from "../render/job-line.js";
import { renderGap, renderLogEntry, renderLogEntryJson } from "../render/log.js";
import type { Shell } from "../shell.js";

interface Flags {
  follow?: boolean;
  attempt?: number;
  raw?: boolean;
}

export function describe(command: Command): void {
  command
    .argument("<id>", "number or id of a job")
    .option("-f, --follow", "go on until the job is over")
    .option("--attempt <number>", "of this attempt (default: the latest)", (text) =>
      parseWhole(text, 1),
    )
    .option("--raw", "exactly the bytes that were written")
    .addHelpText(
      "after",
      `
Lines with a "!" were written to stderr. Of an attempt that writes much, the start and the end are kept.

Example: gigq logs 42 -f`,
    );
}

export async function act(shell: Shell, args: string[], flags: Flags): Promise<number> {
  const [word, ...more] = args;
  if (more.length > 0) {
    throw usage(`too many arguments: "${more.join(" ")}"`, "Give one job: gigq logs 42");
  }
  if (flags.raw && shell.json) {
    throw usage("--raw and --json cannot be given together", "Use one of them");
  }
  const ref = parseRef(word!);
  const { follow = false, attempt } = flags;
  return shell.withQueue({ create: false }, (queue) =>
    interruptible(shell, async (signal) => {
      const options = { follow, signal, ...(attempt === undefined ? {} : { attempt }) };
      if (!(await print(shell, queue, ref, flags, options))) shell.say(await nothing(queue, ref));
      return EXIT.ok;
    }),
  );
}

/** Answers whether there was anything to print. */
async function print(
  shell: Shell,
  queue: JobQueue,
  ref: JobRef,
  flags: Flags,
  options: ReadLogsOptions,
): Promise<boolean> {
  let attempt: number | undefined;
  for await (const entry of queue.readLogs(ref, options)) {
    if (flags.follow && !shell.json && entry.attempt !== attempt) {
      shell.say(shell.err.dim(`attempt ${entry.attempt}`));
    }
    attempt = entry.attempt;
    printEntry(shell, entry, flags);
  }
  return attempt !== undefined;
}

function printEntry(shell: Shell, entry: LogEntry, { raw }: Flags): void {
  const { stdout } = shell.terminal;
  if (shell.json) stdout.write(renderLogEntryJson(entry));
  else if (!raw) stdout.write(renderLogEntry(entry, shell.out));
  else if ("omitted" in entry) shell.say(renderGap(entry));
  else stdout.write(entry.bytes);
}

async function nothing(queue: JobQueue, ref: JobRef): Promise<string> {
  const info = await queue.getStatus(ref);
  if (!info.exists) return "the job is gone";
  if (info.executions.length === 0) return `${renderName(info)} has not run yet`;
  return `${renderName(info)} has written nothing${info.status === "running" ? " yet" : ""}`;
}
