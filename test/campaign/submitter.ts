import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { anyJob, type Ground } from "./job-mix.js";
import { Random } from "./random.js";

export interface SubmitterOrders {
  readonly product: string;
  readonly db: string;
  readonly ground: Ground;
  readonly seed: number;
  /** No more than so many unfinished jobs: they are to be worked on, not to pile up. */
  readonly backlog: number;
}

/**
 * A program that submits through the library, and prints a line for each job once it is stored:
 * what the campaign then holds gigq to. Ends only when somebody ends it.
 */
const { product, db, ground, seed, backlog } = JSON.parse(process.argv[2]!) as SubmitterOrders;

/** From one submission to the next, on average. */
const PACE_MS = 300;

const { Job, JobQueue }: typeof import("../../src/index.js") = await import(
  pathToFileURL(`${product}/dist/src/index.js`).href
);
const random = new Random(seed);
const queue = new JobQueue(db);
let known: string[] = [];

for (;;) {
  const { pending, running } = await queue.stats();
  if (pending + running < backlog) await submitSome();
  await sleep(random.wait(PACE_MS));
}

async function submitSome(): Promise<void> {
  const jobs = [];
  const family: string[] = [];
  for (let count = random.whole(1, 5); count > 0; count--) {
    const parents = random.chance(0.4) ? [...family, ...known.slice(-4)] : [];
    const job = new Job(anyJob(random, ground, parents));
    jobs.push(job);
    family.push(job.id);
  }
  try {
    await queue.submitAll(jobs);
  } catch (error) {
    // A parent from before was cleared.
    if ((error as { code?: string }).code !== "unknown-parent") throw error;
    known = [];
    return;
  }
  const lines = jobs.map(({ id, spec: { maxAttempts, dependencies } }) =>
    JSON.stringify({ id, maxAttempts, dependencies }),
  );
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  known = [...known, ...family].slice(-20);
}
