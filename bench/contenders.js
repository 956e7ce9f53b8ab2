import Database from "better-sqlite3";
import { better, defineQueue, defineWorker } from "plainjob";
import { Job, JobQueue, Worker } from "../dist/src/index.js";

const SILENT = { error() {}, warn() {}, info() {}, debug() {} };

/** What is compared: each fills a database with jobs, and then, in another process, drains it. */
export const CONTENDERS = {
  plainjob: {
    note: "in its own loop, synchronous=NORMAL, no history",
    fill: fillPlainjob,
    drain: drainPlainjob,
  },
  "gigq process": {
    note: "child processes, synchronous=FULL, history",
    fill: fillGigq,
    drain: drainGigq("process"),
  },
  "gigq inline": {
    note: "in its own loop, synchronous=FULL, history",
    fill: fillGigq,
    drain: drainGigq("inline"),
  },
};

async function fillGigq(path, jobs) {
  const queue = new JobQueue(path);
  const address = new URL("./jobs.js#noop", import.meta.url);
  await queue.submitAll(Array.from({ length: jobs }, () => new Job({ function: address })));
  await queue.close();
}

/** Resolves with the milliseconds from a cold worker to the last stored outcome. */
function drainGigq(isolation) {
  return async (path, jobs, concurrency) => {
    const worker = new Worker(path, { concurrency, isolation, until: "drain" });
    const startedMs = performance.now();
    await worker.start();
    const ms = performance.now() - startedMs;
    await worker.close();
    const queue = new JobQueue(path, { initialize: false });
    const { completed } = await queue.stats();
    await queue.close();
    if (completed !== jobs) throw new Error(`gigq completed ${completed} of ${jobs} jobs`);
    return ms;
  };
}

async function fillPlainjob(path, jobs) {
  const queue = openPlainjob(path);
  queue.addMany(
    "noop",
    Array.from({ length: jobs }, () => ({})),
  );
  queue.close();
}

/** It has no concurrency of its own: a worker takes one job after the other. */
async function drainPlainjob(path, jobs) {
  const queue = openPlainjob(path);
  let completed = 0;
  let allDone;
  const done = new Promise((resolve) => {
    allDone = resolve;
  });
  const worker = defineWorker("noop", async () => {}, {
    queue,
    logger: SILENT,
    onCompleted: () => {
      completed += 1;
      if (completed === jobs) allDone();
    },
  });
  const startedMs = performance.now();
  void worker.start();
  await done;
  const ms = performance.now() - startedMs;
  await worker.stop();
  queue.close();
  return ms;
}

function openPlainjob(path) {
  return defineQueue({ connection: better(new Database(path)), logger: SILENT });
}
