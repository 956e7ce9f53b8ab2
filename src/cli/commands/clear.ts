import type { Command } from "commander";
import type { Cleared, JobStatus } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import { named, parseBefore, parseStatuses } from "../options.js";
import { renderBytes } from "../render/bytes.js";
import { renderCount } from "../render/time.js";
import type { Shell } from "../shell.js";
import { openSpinner } from "../spinner.js";

interface Flags {
  before?: string;
  status?: JobStatus[];
  dryRun?: boolean;
}

export function describe(command: Command): void {
  command
    .option(
      "-b, --before <time>",
      "only jobs that ended before: an age (7d, a bare number is days) or a date",
    )
    .option(
      "-s, --status <statuses>",
      "which to remove (default completed,cancelled)",
      parseStatuses,
    )
    .option("--dry-run", "only say how many it would be")
    .addHelpText(
      "after",
      `
Jobs that others still need stay. The space is given back to the file system; a queue that an
older gigq created keeps it for later jobs.

Example: gigq clear --before 7d --status completed,cancelled,failed`,
    );
}

export async function act(shell: Shell, _args: string[], flags: Flags): Promise<number> {
  const { now } = shell.terminal;
  const { before: text } = flags;
  const before = text === undefined ? undefined : named("--before", () => parseBefore(text, now()));
  return shell.withQueue({ create: false }, async (queue) => {
    const spinner = await openSpinner(shell);
    try {
      const cleared = await queue.clear({
        ...(before === undefined ? {} : { before: new Date(before) }),
        ...(flags.status === undefined ? {} : { statuses: flags.status }),
        ...(flags.dryRun === undefined ? {} : { dryRun: flags.dryRun }),
        onProgress: (count) => spinner.show(() => `${renderCount(count)} jobs cleared`),
      });
      spinner.stop();
      if (shell.json) shell.printJson(cleared);
      else shell.print(renderCleared(cleared, flags.dryRun ?? false));
      return EXIT.ok;
    } finally {
      spinner.stop();
    }
  });
}

function renderCleared(cleared: Cleared, dryRun: boolean): string {
  const { total, byStatus, kept } = cleared;
  const parts = Object.entries(byStatus)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${renderCount(count)} ${status}`);
  const jobs = `${renderCount(total)} ${total === 1 ? "job" : "jobs"}`;
  const which = parts.length > 0 ? ` (${parts.join(", ")})` : "";
  const stayed =
    kept > 0
      ? `. ${dryRun ? "Would keep" : "Kept"} ${renderCount(kept)} that other jobs still need`
      : "";
  return `${dryRun ? "Would clear" : "Cleared"} ${jobs}${which}${stayed}${renderSpace(cleared)}`;
}

/** Nobody asks about less. */
const WORTH_TELLING_BYTES = 1024 * 1024;

function renderSpace({ bytesFreed, bytesReusable }: Cleared): string {
  if (bytesFreed >= WORTH_TELLING_BYTES) return `. ${renderBytes(bytesFreed)} given back`;
  if (bytesReusable < WORTH_TELLING_BYTES) return "";
  return `. ${renderBytes(bytesReusable)} of the file are free for later jobs`;
}
