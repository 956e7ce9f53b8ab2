import type { Command } from "commander";
import type { Explanation, JobQueue, JobRef } from "../../index.js";
import { reportMissing } from "../no-such-job.js";
import { parseRef } from "../options.js";
import { renderExplanation } from "../render/reason.js";
import type { Shell } from "../shell.js";

export function describe(command: Command): void {
  command.argument("<ids...>", "numbers or ids of jobs").addHelpText(
    "after",
    `
Names every reason: what it waits for, when it is due, what comes first, whether a worker is there
that takes it, how its last attempt failed. Of a job that runs it says where.

Example: gigq why 42`,
  );
}

export async function act(shell: Shell, args: string[]): Promise<number> {
  const refs = args.map(parseRef);
  const answers = await shell.withQueue({ create: false }, (queue) =>
    Promise.all(refs.map((ref) => explanationOf(queue, ref))),
  );
  const found = answers.filter((answer) => answer !== undefined);
  if (shell.json && found.length > 0) {
    shell.printJson(refs.length === 1 ? found[0] : found);
  } else if (found.length > 0) {
    const now = shell.terminal.now();
    shell.print(found.map((answer) => renderExplanation(answer, shell.out, now)).join("\n\n"));
  }
  return reportMissing(
    shell,
    refs.filter((_, index) => answers[index] === undefined),
  );
}

/** `undefined` where there is no such job: the others are explained all the same. */
async function explanationOf(queue: JobQueue, ref: JobRef): Promise<Explanation | undefined> {
  const { exists } = await queue.getStatus(ref);
  return exists ? queue.explain(ref) : undefined;
}
