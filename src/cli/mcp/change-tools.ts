import { type ChangeResult, GigqError, type JobQueue, type JobSummary } from "../../index.js";
import { parseRef } from "../options.js";
import { plainLine } from "../render/plain.js";
import { whyNotRequeued } from "../why-not-requeued.js";
import { ofJob } from "./job-schema.js";
import type { Tool } from "./tool.js";

/** A worker kills within moments; longer than this, none is there to do so. */
const KILL_TIMEOUT = 10;

export const cancelJob: Tool<{
  id: number | string;
  force?: boolean;
  downstream?: boolean;
}> = {
  name: "cancel_job",
  description:
    "Cancel a pending job, and those that depend on it unless they say otherwise; with force, also kill one that runs.",
  inputSchema: ofJob({
    force: { type: "boolean", description: "Also kill it if it runs; false unless given." },
    downstream: {
      type: "boolean",
      description: "Also cancel all that depends on it, whatever that says; false unless given.",
    },
  }),
  annotations: { readOnlyHint: false, destructiveHint: true },
  async call(around, { id, force = false, downstream = false }) {
    return around.lend({ create: false }, async (queue) => {
      const [result] = await queue.cancelAll([parseRef(String(id))], { force, downstream });
      const { job, changed, followed } = result!;
      if (!changed && followed > 0) return answerOf(result!);
      if (!changed) throw refusal(job, ...whyNotCancelled(job));
      const { now, isWaitOver } = await afterKilling(queue, job, around.signal);
      if (now.status === "running") throw refusal(now, ...whyItStillRuns(now, isWaitOver));
      if (now.status !== "cancelled") throw refusal(now, ...whyNotCancelled(now));
      return answerOf({ ...result!, job: now });
    });
  },
};

export const requeueJob: Tool<{ id: number | string }> = {
  name: "requeue_job",
  description:
    "Give a failed, timed out or cancelled job another go, with attempts at 0 and no delay. Jobs that were cancelled because of it come back with it.",
  inputSchema: ofJob(),
  annotations: { readOnlyHint: false, destructiveHint: false },
  async call(around, { id }) {
    return around.lend({ create: false }, async (queue) => {
      const [result] = await queue.requeueAll([parseRef(String(id))]);
      const { job, changed } = result!;
      if (!changed) {
        const { message, hint } = whyNotRequeued(job);
        throw refusal(job, message, hint);
      }
      return answerOf(result!);
    });
  },
};

/** A job that is to be killed, once it is over, or as it is when nobody waits any longer. */
async function afterKilling(
  queue: JobQueue,
  job: JobSummary,
  signal: AbortSignal,
): Promise<{ now: JobSummary; isWaitOver: boolean }> {
  if (job.status !== "running") return { now: job, isWaitOver: false };
  let isWaitOver = false;
  try {
    await queue.wait([job.seq], { timeout: KILL_TIMEOUT, signal });
  } catch (error) {
    isWaitOver = error instanceof GigqError && error.code === "wait-timeout";
    if (!isWaitOver && !signal.aborted) throw error;
  }
  const info = await queue.getStatus(job.seq);
  return { now: info.exists ? info : job, isWaitOver };
}

function answerOf({ job, followed }: ChangeResult): object {
  const { id, seq, name, status } = job;
  return { id, seq, name, status, followed };
}

type Reason = readonly [message: string, hint: string];

function whyNotCancelled({ status }: JobSummary): Reason {
  return status === "running"
    ? ["is running, and only pending jobs are cancelled", "To kill it, give force: true"]
    : [`is ${status} already`, "Only jobs that are not over can be cancelled"];
}

function whyItStillRuns({ workerId }: JobSummary, isWaitOver: boolean): Reason {
  return [
    isWaitOver
      ? `still runs: its worker ${workerId} has not answered in ${KILL_TIMEOUT} s`
      : "still runs, and this server was told to end",
    "It is cancelled as soon as the worker sees it; is the worker alive?",
  ];
}

function refusal(job: JobSummary, message: string, hint: string): GigqError {
  return new GigqError("forbidden", `#${job.seq} ${plainLine(job.name)} ${message}`, { hint });
}
