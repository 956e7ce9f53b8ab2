import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { eventually } from "../support/eventually.js";
import { said } from "../support/gigq.js";
import { GIGQ } from "../support/paths.js";
import { processesWith } from "../support/processes.js";
import { Desk } from "./desk.js";

/*
 * Two containers that share a folder: each worker has process numbers of its own, and cannot see
 * the processes of the other.
 */
const UNSHARE = ["--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"];
const skip =
  spawnSync("unshare", [...UNSHARE, "true"]).status === 0
    ? false
    : "needs namespaces for processes";

/** A worker that is not the first process in its container, so that its death is not the end of all. */
function startApart(t: TestContext, desk: Desk, ...flags: string[]): ChildProcess {
  const line = [process.execPath, GIGQ, "worker", ...flags, "& exec sleep 300"].join(" ");
  const container = spawn("unshare", [...UNSHARE, "sh", "-c", line], { cwd: desk.folder });
  t.after(() => container.kill("SIGKILL"));
  return container;
}

async function workerOf(name: string): Promise<number> {
  return eventually(`worker ${name}`, () => processesWith("cmdline", `--worker-id\0${name}\0`)[0]);
}

/** The process that a worker's container began with. */
function firstOf(worker: number): number {
  return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${worker}/status`, "utf8"))![1]);
}

async function blocked(t: TestContext) {
  const desk = new Desk(t);
  desk.bring("perilous.mjs");
  await desk.ask("submit ./perilous.mjs#blockOnce -p file=held --max-attempts 2");
  startApart(t, desk, "--worker-id", `doomed-${process.pid}`);
  await desk.pids("held");
  const [key] = readdirSync(`${desk.db}-workers`);
  const doomed = await workerOf(`doomed-${process.pid}`);
  const other = startApart(t, desk, "--worker-id", "other", "--polling-interval", "1h");
  await said(other.stderr!, /child processes/);
  return { desk, key: key!, doomed, other };
}

void test("a worker in another container recovers a dead one's jobs", { skip }, async (t) => {
  const { desk, doomed } = await blocked(t);
  process.kill(doomed, "SIGKILL");
  const [job] = await desk.queue.wait([1]);
  assert.deepEqual(
    job?.executions.map((run) => run.status),
    ["lost", "completed"],
  );
});

void test("a job is not tried again while its old process runs in a container that cannot be looked into", {
  skip,
}, async (t) => {
  const { desk, key, doomed, other } = await blocked(t);
  const [guardian] = processesWith("cmdline", `GIGQ_CHILD=${key}@`);
  // So that it cannot start another guardian.
  process.kill(doomed, "SIGSTOP");
  process.kill(guardian!, "SIGKILL");
  const waiting = said(
    other.stderr!,
    /waiting: worker doomed-\d+ on .* is dead, and its jobs still/,
  );
  process.kill(doomed, "SIGKILL");
  await waiting;
  assert.equal((await desk.job(1)).status, "running");
  const [child] = processesWith("environ", `GIGQ_CHILD=${key}@`);
  process.kill(child!, "SIGKILL");
  const [job] = await desk.queue.wait([1]);
  assert.deepEqual(
    job?.executions.map((run) => run.status),
    ["lost", "completed"],
  );
});

void test("the end of a container is the end of all that ran in it, and is noticed", {
  skip,
}, async (t) => {
  const { desk, doomed } = await blocked(t);
  process.kill(firstOf(doomed), "SIGKILL");
  const [job] = await desk.queue.wait([1]);
  assert.equal(job?.status, "completed");
});
