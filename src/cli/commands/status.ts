import type { Command } from "commander";
import type { JobFamily, JobInfo, JobQueue, JobRef } from "../../index.js";
import { reportMissing } from "../no-such-job.js";
import { parseRef, usage } from "../options.js";
import { type Detail, renderJob } from "../render/job.js";
import type { Shell } from "../shell.js";

interface Flags extends Detail {
  tree?: boolean;
}

export function describe(command: Command): void {
  command
    .argument("<ids...>", "numbers or ids of jobs")
    .option("--show-params", "the params in full")
    .option("--show-result", "the result in full")
    .option("--show-executions", "every attempt, with its whole error")
    .option("--tree", "what it depends on and what depends on it, as a tree")
    .addHelpText(
      "after",
      `
Examples:
  gigq status 42 --show-result
  gigq status --tree 42`,
    );
}

export async function act(shell: Shell, args: string[], flags: Flags): Promise<number> {
  const refs = args.map(parseRef);
  if (flags.tree) return showTrees(shell, refs, flags);
  const infos = await shell.withQueue({ create: false }, (queue) => queue.getStatuses(refs));
  const found = infos.filter((info): info is JobInfo => info.exists);
  if (shell.json && found.length > 0) {
    shell.printJson(args.length === 1 ? found[0] : found);
  } else if (found.length > 0) {
    const view = { theme: shell.out, nowMs: shell.terminal.now(), cwd: shell.terminal.cwd };
    shell.print(found.map((info) => renderJob(info, flags, view)).join("\n\n"));
  }
  return reportMissing(
    shell,
    refs.filter((_, index) => !infos[index]!.exists),
  );
}

async function showTrees(shell: Shell, refs: readonly JobRef[], flags: Flags): Promise<number> {
  if (flags.showParams || flags.showResult || flags.showExecutions) {
    throw usage(
      "--tree shows many jobs, and none in full",
      "Leave the other out, or --tree; --tree --json has the params and results of all",
    );
  }
  const { renderTree } = await import("../render/tree.js");
  const families = await shell.withQueue({ create: false }, (queue) =>
    Promise.all(refs.map((ref) => familyOf(queue, ref))),
  );
  const found = families.filter((family) => family !== undefined);
  if (shell.json && found.length > 0) {
    shell.printJson(refs.length === 1 ? found[0] : found);
  } else if (found.length > 0) {
    const now = shell.terminal.now();
    shell.print(found.map((family) => renderTree(family, shell.out, now)).join("\n\n"));
  }
  return reportMissing(
    shell,
    refs.filter((_, index) => families[index] === undefined),
  );
}

/** `undefined` where there is no such job: the others are shown all the same. */
async function familyOf(queue: JobQueue, ref: JobRef): Promise<JobFamily | undefined> {
  const { exists } = await queue.getStatus(ref);
  return exists ? queue.getFamily(ref) : undefined;
}
