import type { Command } from "commander";
import type { JobInfo } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import { noSuchJob } from "../no-such-job.js";
import { parseRef } from "../options.js";
import { renderError } from "../render/error.js";
import { type Detail, renderJob } from "../render/job.js";
import type { Shell } from "../shell.js";

export function describe(command: Command): void {
  command
    .argument("<ids...>", "numbers or ids of jobs")
    .option("--show-params", "the params in full")
    .option("--show-result", "the result in full")
    .option("--show-executions", "every attempt, with its whole error")
    .addHelpText("after", "\nExample: gigq status 42 --show-result");
}

export async function act(shell: Shell, args: string[], detail: Detail): Promise<number> {
  const refs = args.map(parseRef);
  const infos = await shell.withQueue({ create: false }, (queue) => queue.getStatuses(refs));
  const found = infos.filter((info): info is JobInfo => info.exists);
  if (shell.json && found.length > 0) {
    shell.printJson(args.length === 1 ? found[0] : found);
  } else if (found.length > 0) {
    const view = { theme: shell.out, nowMs: shell.terminal.now(), cwd: shell.terminal.cwd };
    shell.print(found.map((info) => renderJob(info, detail, view)).join("\n\n"));
  }
  const missing = refs.filter((_, index) => !infos[index]!.exists);
  if (missing.length === 0) return EXIT.ok;
  shell.terminal.stderr.write(
    await renderError(noSuchJob(missing), { json: shell.json, debug: false }, shell.terminal),
  );
  return EXIT.noSuchJob;
}
