import { existsSync } from "node:fs";
import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import type { Shell } from "../shell.js";

export const forcesDatabase: true = true;

export function describe(command: Command): void {
  command
    .option("--force", "on a network file system too; as GIGQ_FORCE=1")
    .addHelpText("after", "\nExample: gigq init --db /srv/app/gigq.db");
}

export async function act(shell: Shell): Promise<number> {
  const created = !existsSync(shell.path);
  await shell.withQueue({ create: true }, (queue) => queue.open());
  if (shell.json) shell.printJson({ path: shell.path, created });
  else
    shell.print(`${created ? "Created a queue at" : "There is a queue already at"} ${shell.path}`);
  return EXIT.ok;
}
