import { GigqError } from "../client.js";
import type { ChangeResult, JobSummary } from "../index.js";
import { EXIT } from "./exit-codes.js";
import { renderError } from "./render/error.js";
import { renderName } from "./render/job-line.js";
import { plainLine } from "./render/plain.js";
import type { Shell } from "./shell.js";

interface Wording {
  /** `Cancelled`, for the line of a job that was changed. */
  readonly done: (job: JobSummary) => string;
  /** `1 more was cancelled with it`. */
  readonly followed: (count: number) => string;
  /** Of a job that is over already, and others changed for its sake. */
  readonly onlyFollowed?: (job: JobSummary, count: number) => string;
  /** Why it was not done, and what to do instead. */
  readonly refused: (job: JobSummary) => { message: string; hint: string };
}

/** Says which jobs were changed and why the others were not; answers 4 when one was refused. */
export async function reportChanges(
  shell: Shell,
  results: readonly ChangeResult[],
  wording: Wording,
): Promise<number> {
  if (shell.json)
    shell.printJson(results.map(({ job, ...result }) => ({ ...asJson(job), ...result })));
  let status = EXIT.ok;
  for (const { job, changed, followed } of results) {
    if (changed && !shell.json) {
      const more = followed > 0 ? ` (${wording.followed(followed)})` : "";
      shell.print(`${wording.done(job)} ${renderName(job)}${more}`);
    }
    if (changed) continue;
    if (followed > 0 && !shell.json && wording.onlyFollowed !== undefined) {
      shell.print(wording.onlyFollowed(job, followed));
    }
    if (followed > 0 && job.status !== "pending" && job.status !== "running") continue;
    status = EXIT.forbidden;
    const { message, hint } = wording.refused(job);
    const error = new GigqError("forbidden", `#${job.seq} ${plainLine(job.name)} ${message}`, {
      hint,
    });
    shell.terminal.stderr.write(
      await renderError(error, { json: shell.json, debug: false }, shell.terminal),
    );
  }
  return status;
}

function asJson({ id, seq, name, status }: JobSummary) {
  return { id, seq, name, status };
}
