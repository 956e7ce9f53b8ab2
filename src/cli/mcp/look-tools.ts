import {
  type JobInfo,
  type JobQueue,
  type JobRef,
  JobStatus,
  type JobSummary,
  type ListOptions,
  type LogEntry,
} from "../../index.js";
import { noSuchJob } from "../no-such-job.js";
import { parseRef } from "../options.js";
import { jsonOfLogEntry } from "../render/log.js";
import { firstLine } from "../render/plain.js";
import { ofJob } from "./job-schema.js";
import type { Tool } from "./tool.js";
import { workerHint } from "./worker-hint.js";

/** So many jobs are listed, and lines of a log shown, unless told otherwise. */
const LIMIT = 100;

/** Of a log, no more than this is shown at a time. */
const MOST_BYTES = 1024 * 1024;

const READS: Tool["annotations"] = { readOnlyHint: true };

export const jobStatus: Tool<{ id: number | string }> = {
  name: "job_status",
  description:
    "Everything about a job: status, params, result, error, rules, times, progress, and each of its executions.",
  inputSchema: ofJob(),
  annotations: READS,
  call: (around, { id }) =>
    around.lend({ create: false }, (queue) => infoOf(queue, parseRef(String(id)))),
};

export const jobResult: Tool<{ id: number | string }> = {
  name: "job_result",
  description:
    "What a job's function returned. The result is null unless the status is completed; then error says why, if it is over.",
  inputSchema: ofJob(),
  annotations: READS,
  async call(around, given) {
    const ref = parseRef(String(given.id));
    const job = await around.lend({ create: false }, (queue) => infoOf(queue, ref));
    const { id, seq, name, status, result, error } = job;
    return { id, seq, name, status, result, error };
  },
};

interface LogArguments {
  id: number | string;
  attempt?: number;
  limit?: number;
}

export const jobLogs: Tool<LogArguments> = {
  name: "job_logs",
  description:
    "What an attempt of a job wrote to stdout and stderr, and kept with context.log: its last lines, of 1 MiB at most. earlier says how many were left out before them.",
  inputSchema: ofJob({
    attempt: {
      type: "integer",
      minimum: 1,
      description: "1 for the first; the latest unless given.",
    },
    limit: {
      type: "integer",
      minimum: 1,
      maximum: 1000,
      description: `At most this many lines, the last ones; ${LIMIT} unless given.`,
    },
  }),
  annotations: READS,
  async call(around, { id: given, attempt, limit = LIMIT }) {
    const ref = parseRef(String(given));
    return around.lend({ create: false }, async (queue) => {
      const log = queue.readLogs(ref, attempt === undefined ? {} : { attempt });
      const { entries, earlier } = await lastOf(log, limit);
      const { id, seq, name, status } = await infoOf(queue, ref);
      return { id, seq, name, status, earlier, lines: entries.map(jsonOfLogEntry) };
    });
  },
};

export const listJobs: Tool<ListOptions> = {
  name: "list_jobs",
  description:
    "Jobs, newest first, with the first line of their error and without params and result: job_status has these.",
  inputSchema: {
    type: "object",
    properties: {
      status: {
        type: "array",
        minItems: 1,
        items: { type: "string", enum: Object.values(JobStatus) },
        description: "Only jobs with one of these statuses.",
      },
      name: { type: "string", description: "Only jobs of this name." },
      limit: {
        type: "integer",
        minimum: 1,
        maximum: 1000,
        description: `At most this many; ${LIMIT} unless given.`,
      },
      before: {
        type: "integer",
        minimum: 1,
        description: "Only jobs with a smaller number (seq): the next page.",
      },
    },
    additionalProperties: false,
  },
  annotations: READS,
  async call(around, given) {
    const options = { limit: LIMIT, ...given };
    const jobs = await around.lend({ create: false }, (queue) => queue.listJobs(options));
    return { jobs: jobs.map(brief) };
  },
};

export const queueStats: Tool<object> = {
  name: "queue_stats",
  description:
    "How many jobs there are in each status. With a hint when jobs are ready and no worker is alive.",
  inputSchema: { type: "object", properties: {}, additionalProperties: false },
  annotations: READS,
  async call(around) {
    return around.lend({ create: false }, async (queue) => {
      const stats = await queue.stats();
      const ready = Math.max(0, stats.pending - stats.delayed - stats.blocked);
      const hint = workerHint(ready, await queue.workers(), around.database);
      return { ...stats, ready, ...(hint !== undefined && { hint }) };
    });
  },
};

/** The end of a log, as far as it fits, and how many lines come before it. */
async function lastOf(log: AsyncIterable<LogEntry>, limit: number) {
  const entries: LogEntry[] = [];
  let earlier = 0;
  let bytes = 0;
  for await (const entry of log) {
    entries.push(entry);
    bytes += sizeOf(entry);
    while (entries.length > limit || (bytes > MOST_BYTES && entries.length > 1)) {
      bytes -= sizeOf(entries.shift()!);
      earlier += 1;
    }
  }
  return { entries, earlier };
}

function sizeOf(entry: LogEntry): number {
  return "omitted" in entry ? 0 : entry.bytes.length;
}

async function infoOf(queue: JobQueue, ref: JobRef): Promise<JobInfo> {
  const info = await queue.getStatus(ref);
  if (!info.exists) throw noSuchJob([ref]);
  return info;
}

/** Params and results may be megabytes, and an error has a stack. */
function brief({ params: _, result: __, error, ...job }: JobSummary): object {
  return { ...job, error: error === null ? null : firstLine(error) };
}
