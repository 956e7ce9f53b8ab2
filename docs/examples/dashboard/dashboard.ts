import { setTimeout as sleep } from "node:timers/promises";
import { JobQueue, type JobSummary } from "gigq";

// npx jiti dashboard.ts: what a queue is doing, twice a second, until nothing is left to do.
const queue = new JobQueue(process.env.GIGQ_DB ?? "gigq.db", { initialize: false });
const isTerminal = process.stdout.isTTY;

for (let busy = true; busy; ) {
  const stats = await queue.stats();
  const running = await queue.listJobs({ status: "running", limit: 10 });
  const failed = await queue.listJobs({ status: ["failed", "timeout"], limit: 3 });
  const waiting = stats.pending - stats.delayed - stats.blocked;
  const lines = [
    bar(stats.completed, stats.total),
    `${stats.completed} of ${stats.total} completed · ${stats.running} running · ${waiting} ready · ` +
      `${stats.delayed} delayed · ${stats.blocked} blocked · ${stats.failed + stats.timeout} failed`,
    ...running.map((job) => `  ${job.name} #${job.seq}  ${progressOf(job)}  ${job.workerId}`),
    ...failed.map(
      (job) => `  ${job.name} #${job.seq}  ${job.status}: ${job.error?.split("\n")[0]}`,
    ),
  ];
  // On a terminal each picture replaces the one before.
  process.stdout.write(`${isTerminal ? "\u001b[H\u001b[2J" : ""}${lines.join("\n")}\n`);
  busy = stats.running > 0 || waiting > 0 || stats.delayed > 0;
  if (busy) await sleep(500);
}
await queue.close();

function bar(done: number, total: number, width = 40): string {
  const full = total === 0 ? 0 : Math.round((width * done) / total);
  return `${"█".repeat(full)}${"░".repeat(width - full)}`;
}

function progressOf({ progress }: JobSummary): string {
  if (progress === null) return "";
  const { done, total, message } = progress;
  return `${done}${total === null ? "" : `/${total}`} ${message ?? ""}`.trim();
}
