import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { methodsOf } from "../mcp/methods.js";
import { serve } from "../mcp/serve.js";
import { SharedQueue } from "../mcp/shared-queue.js";
import type { Shell } from "../shell.js";

export const forcesDatabase: true = true;

export function describe(command: Command): void {
  command.option("--force", "on a network file system too; as GIGQ_FORCE=1").addHelpText(
    "after",
    `
It reads and writes JSON-RPC, one message a line, until standard input ends or SIGTERM comes. It loads
no code of yours and runs no job: start a worker besides. Paths of modules are relative to where it
is started.

Example: gigq mcp --db /srv/app/gigq.db`,
  );
}

export async function act(shell: Shell): Promise<number> {
  shell.sayOnTerminal(
    "gigq mcp: this is for programs that speak the Model Context Protocol; Ctrl-D ends it",
  );
  const { terminal } = shell;
  const abort = new AbortController();
  const reading = new SharedQueue(() => shell.openQueue({ create: false }));
  const writing = new SharedQueue(() => shell.openQueue({ create: true }));
  const methods = methodsOf(shell, {
    terminal,
    cwd: terminal.cwd,
    database: shell.path,
    signal: abort.signal,
    lend: ({ create }, action) => (create ? writing : reading).lend(action),
  });
  const off = terminal.onInterrupt(() => abort.abort());
  try {
    await serve(terminal, methods, abort.signal);
    return EXIT.ok;
  } finally {
    off();
  }
}
