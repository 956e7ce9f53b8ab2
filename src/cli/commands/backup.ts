import { resolve } from "node:path";
import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { interruptible } from "../follow.js";
import { usage } from "../options.js";
import { renderBytes } from "../render/bytes.js";
import { renderCount } from "../render/time.js";
import type { Shell } from "../shell.js";

interface Flags {
  force?: boolean;
}

export function describe(command: Command): void {
  command
    .argument("<file>", "where the copy goes")
    .option("--force", "replace a file that is there already")
    .addHelpText(
      "after",
      `
Workers go on meanwhile. The copy is complete and on the disk, or is not there; only its owner can
read it. It is a queue like any other: gigq list --db FILE

Example: gigq backup /backups/gigq-$(date +%F).db`,
    );
}

export async function act(shell: Shell, args: string[], flags: Flags): Promise<number> {
  const [file, ...others] = args as [string, ...string[]];
  if (others.length > 0 || file === "") {
    throw usage(
      file === "" ? "the file has no name" : `too many arguments: "${others.join(" ")}"`,
      "Name one file: gigq backup /backups/gigq.db",
    );
  }
  const path = resolve(shell.terminal.cwd, file);
  return interruptible(shell, async (signal) =>
    shell.withQueue({ create: false }, async (queue) => {
      await queue.open();
      // No spinner: it would stand still, for copying leaves the event loop no time.
      shell.sayOnTerminal(`copying ${shell.path} …`);
      const { jobs, bytes } = await queue.backup(path, {
        force: flags.force ?? false,
        signal,
      });
      if (shell.json) shell.printJson({ path, jobs, bytes });
      else {
        const what = `${renderCount(jobs)} ${jobs === 1 ? "job" : "jobs"}`;
        shell.print(`Backed up ${what} to ${path} (${renderBytes(bytes)})`);
      }
      return EXIT.ok;
    }),
  );
}
