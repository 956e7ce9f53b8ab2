import type { Command } from "commander";
import type { JobQueue } from "../../index.js";
import { EXIT } from "../exit-codes.js";
import { follow, interruptible, reportEnds } from "../follow.js";
import { usage } from "../options.js";
import { type ReadWorkflow, readWorkflow } from "../read-workflow.js";
import { renderWorkflow } from "../render/workflow.js";
import type { Shell } from "../shell.js";

interface Flags {
  dryRun?: boolean;
  wait?: boolean;
}

export const forcesDatabase: true = true;

export function describe(command: Command): void {
  command
    .usage("submit <file> [options]")
    .argument("<action>", "submit")
    .argument("[file]", "named steps, in JSON or YAML; - for standard input")
    .option("--dry-run", "show the graph, and submit nothing")
    .option("--wait", "wait until all steps are over, and exit as they ended")
    .option("--force", "on a network file system too; as GIGQ_FORCE=1")
    .addHelpText(
      "after",
      `
All steps are submitted in one transaction, or none. Their ids are printed in the order of the file.
A step is a job: it has a function (found from where the file is), and may have params, dependsOn
(names of steps, or ids), name, priority, maxAttempts, timeout, retryDelay, backoff,
onParentFailure, passParentResults, delay, runAt and description.

Example: gigq workflow submit nightly.yaml

  name: nightly
  steps:
    fetch:
      function: ./jobs.ts#fetch
      params: { url: https://example.com/data.csv }
    report:
      function: ./jobs.ts#report
      dependsOn: fetch
      timeout: 2m`,
    );
}

export async function act(shell: Shell, args: string[], flags: Flags): Promise<number> {
  const file = fileOf(args);
  // Parents are looked up where there is a queue already; a call that is wrong creates none.
  const read = await shell.withQueue({ create: false }, (queue) =>
    readWorkflow(file, shell.terminal, queue),
  );
  if (flags.dryRun) {
    if (shell.json) shell.printJson(asJson(read));
    else shell.print(renderWorkflow(read.workflow, shell.out, shell.terminal.cwd));
    return EXIT.ok;
  }
  return shell.withQueue({ create: true }, (queue) => submit(shell, queue, read, flags));
}

async function submit(
  shell: Shell,
  queue: JobQueue,
  read: ReadWorkflow,
  flags: Flags,
): Promise<number> {
  const ids = await read.workflow.submitAll(queue);
  const infos = await queue.getStatuses(ids);
  const seqs = infos.map((info) => (info.exists ? info.seq : 0));
  const tell = () => {
    if (shell.json) shell.printJson(asJson(read, seqs));
    else shell.print(ids.join("\n"));
    const range = seqs.length === 1 ? `#${seqs[0]}` : `#${seqs[0]} to #${seqs.at(-1)}`;
    shell.sayOnTerminal(`submitted ${read.workflow.name}: ${range}`);
  };
  if (!flags.wait) {
    tell();
    return EXIT.ok;
  }
  return interruptible(shell, async (signal) => {
    tell();
    return reportEnds(shell, await follow(shell, queue, ids, { signal }));
  });
}

function fileOf([action, file, ...more]: readonly string[]): string {
  if (action !== "submit") {
    throw usage(`there is no "gigq workflow ${action}"`, "There is: gigq workflow submit FILE");
  }
  if (file === undefined) {
    throw usage("no workflow is named", "Name a file, as in: gigq workflow submit nightly.yaml");
  }
  if (more.length > 0) {
    throw usage(`too many arguments: "${more.join(" ")}"`, "A call submits one file");
  }
  return file;
}

function asJson({ workflow, steps }: ReadWorkflow, seqs?: readonly number[]) {
  const nameById = new Map([...steps].map(([step, job]) => [job.id, step]));
  return {
    name: workflow.name,
    steps: [...steps].map(([step, job], index) => ({
      step,
      id: job.id,
      ...(seqs === undefined ? {} : { seq: seqs[index] }),
      name: job.name,
      function: job.function,
      dependsOn: job.dependencies.map((id) => nameById.get(id) ?? id),
    })),
  };
}
