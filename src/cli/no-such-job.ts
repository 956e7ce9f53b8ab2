import { GigqError } from "../client.js";
import type { JobRef } from "../index.js";
import { EXIT } from "./exit-codes.js";
import { renderError } from "./render/error.js";
import type { Shell } from "./shell.js";

/** The error for jobs that were named and are not there. */
export function noSuchJob(refs: readonly JobRef[]): GigqError {
  const jobs = refs.map((ref) => (typeof ref === "number" ? `#${ref}` : ref)).join(", ");
  return new GigqError("unknown-job", `there is no job ${jobs}`, {
    hint: "gigq list shows the jobs there are",
  });
}

/** Says which jobs are not there, after the others were shown; answers the exit status. */
export async function reportMissing(shell: Shell, missing: readonly JobRef[]): Promise<number> {
  if (missing.length === 0) return EXIT.ok;
  shell.terminal.stderr.write(
    await renderError(noSuchJob(missing), { json: shell.json, debug: false }, shell.terminal),
  );
  return EXIT.noSuchJob;
}
