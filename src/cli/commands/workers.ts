import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { renderWorkers } from "../render/worker-table.js";
import type { Shell } from "../shell.js";

export function describe(command: Command): void {
  command.addHelpText(
    "after",
    `
A dead worker is shown until another has taken care of what it had in hand. BUSY says how many of
its slots have a job, TAKES which jobs it takes.

Example: gigq workers --json`,
  );
}

export async function act(shell: Shell): Promise<number> {
  const workers = await shell.withQueue({ create: false }, (queue) => queue.workers());
  if (shell.json) shell.printJson(workers);
  else if (workers.length > 0) {
    shell.print(renderWorkers(workers, shell.out, shell.terminal.now()));
  }
  if (workers.some(({ state }) => state === "alive")) return EXIT.ok;
  const left = workers.length > 0 ? "; it takes care of what the dead ones left, too" : "";
  shell.say(`No worker is alive\nStart one with: gigq worker${left}`);
  return EXIT.ok;
}
