import { GigqError, Job, type JobOptions, type JobQueue, locateFunction } from "../index.js";
import { idsOf, readText } from "./job-options.js";
import { usage } from "./options.js";
import { renderCount } from "./render/time.js";
import type { Shell } from "./shell.js";
import { openSpinner } from "./spinner.js";

/** The names that a line may have; those of the library's `Job`. */
const NAMES: readonly string[] = [
  "function",
  "name",
  "params",
  "priority",
  "maxAttempts",
  "timeout",
  "retryDelay",
  "backoff",
  "dependencies",
  "onParentFailure",
  "passParentResults",
  "description",
  "runAt",
];

/** Progress is told each time so many lines have been read, and others have their turn. */
const LINES_A_TURN = 2_000;

/** The options of `submit` that may stand beside `--batch`; all others belong in the lines. */
const BESIDE_BATCH: readonly string[] = ["batch", "wait", "db", "json", "debug"];

/** The jobs of `--batch FILE|-`, with a count on a terminal while they are read. */
export async function readBatch(
  shell: Shell,
  queue: JobQueue,
  file: string,
  given: readonly string[],
): Promise<Job[]> {
  const extra = given.find((word) => !BESIDE_BATCH.includes(word));
  if (extra !== undefined) {
    throw usage(
      `--batch takes each job from the file, and "${extra}" was given besides`,
      "Leave it out",
    );
  }
  const { terminal } = shell;
  const text = file === "-" ? terminal.readStdin() : readText(file, terminal.cwd, "--batch");
  const spinner = await openSpinner(shell);
  try {
    return await parseBatch(text, terminal.cwd, queue, (read) =>
      spinner.show(() => `${renderCount(read)} jobs read`),
    );
  } finally {
    spinner.stop();
  }
}

/** Jobs, one JSON object on each line; empty lines are passed over. Throws `usage` with the line's number. */
async function parseBatch(
  text: string,
  cwd: string,
  queue: JobQueue,
  onProgress: (read: number) => void,
): Promise<Job[]> {
  const jobs: Job[] = [];
  const located = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      jobs.push(await jobOfLine(line, cwd, queue, located));
    } catch (error) {
      if (!(error instanceof GigqError)) throw error;
      const hint = error.hint === undefined ? {} : { hint: `${error.hint}. No job was submitted` };
      throw new GigqError(error.code, `line ${index + 1}: ${error.message}`, hint);
    }
    if (jobs.length % LINES_A_TURN === 0) {
      onProgress(jobs.length);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
  return jobs;
}

async function jobOfLine(
  line: string,
  cwd: string,
  queue: JobQueue,
  located: Map<string, string>,
): Promise<Job> {
  const options = parseObject(line);
  for (const name of Object.keys(options)) {
    if (NAMES.includes(name)) continue;
    throw new GigqError("usage", `there is no "${name}"`, {
      hint: `Known are: ${NAMES.join(", ")}`,
    });
  }
  const { function: address, dependencies } = options;
  if (typeof address !== "string") {
    throw new GigqError("usage", '"function" is missing', {
      hint: 'For example: "./jobs.ts#resize"',
    });
  }
  let absolute = located.get(address);
  if (absolute === undefined) {
    absolute = locateFunction(address, cwd);
    located.set(address, absolute);
  }
  const ids = Array.isArray(dependencies)
    ? await idsOf(dependencies.map(String), queue)
    : undefined;
  return new Job({
    ...(options as unknown as JobOptions),
    function: absolute,
    ...(ids === undefined ? {} : { dependencies: ids }),
  });
}

function parseObject(line: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new GigqError("usage", `no JSON: ${(error as Error).message}`, {
      hint: "Each line is one JSON object",
    });
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Record<string, unknown>;
  }
  throw new GigqError("usage", "no JSON object", { hint: "Each line is one JSON object" });
}
