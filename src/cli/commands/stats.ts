import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { renderStats } from "../render/stats.js";
import type { Shell } from "../shell.js";

export function describe(command: Command): void {
  command.addHelpText("after", "\nExample: gigq stats --json");
}

export async function act(shell: Shell): Promise<number> {
  const stats = await shell.withQueue({ create: false }, (queue) => queue.stats());
  if (shell.json) shell.printJson(stats);
  else shell.print(renderStats(stats, shell.out));
  return EXIT.ok;
}
