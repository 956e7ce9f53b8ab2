import { GigqError, Job, type JobOptions, type JobQueue, locateFunction } from "../client.js";
import { idsOf, readText } from "./job-options.js";
import { parseRef, usage } from "./options.js";
import { renderCount } from "./render/time.js";
import type { Shell } from "./shell.js";
import { openSpinner } from "./spinner.js";

/** Progress is told each time so many lines have been read, and others have their turn. */
const LINES_A_TURN = 2_000;

/** The options of `submit` that may stand beside `--batch`; all others belong in the lines. */
const BESIDE_BATCH: readonly string[] = ["batch", "wait", "db", "json", "debug"];

/** The jobs of `--batch FILE|-`, with a count on a terminal while they are read. */
export async function readBatch(
  shell: Shell,
  queue: JobQueue,
  file: string,
  given: { args: readonly string[]; flags: readonly string[] },
): Promise<Job[]> {
  const flag = given.flags.find((name) => !BESIDE_BATCH.includes(name));
  const dashed = flag?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const extra = given.args[0] ?? (dashed && `--${dashed}`);
  if (extra !== undefined) {
    throw usage(
      `--batch takes each job from its file, and ${extra} was given besides`,
      "Leave it out, and write it in the lines of the file",
    );
  }
  const { terminal } = shell;
  const text = await readText(file, terminal, "--batch");
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
      jobs.push(await jobOfLine(line.trim(), cwd, queue, located));
    } catch (error) {
      if (!(error instanceof GigqError)) throw error;
      const { code, message, hint = "", cause } = error;
      throw new GigqError(code, `line ${index + 1}: ${message}`, {
        hint: `${hint.replace(/(?<=[^.?!])$/, ".")} No job was submitted`.trim(),
        cause,
      });
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
    ? await idsOf(
        dependencies.map((ref) => parseRef(String(ref))),
        queue,
      )
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
