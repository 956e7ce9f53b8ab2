import { describe } from "./check-runs.js";
import {
  type AttemptRow,
  isRobbed,
  type JobRow,
  lifeOf,
  playerOf,
  type Records,
} from "./records.js";

/** What was written down of each attempt, against the job and against what its runs have seen. */
export function checkAttempts(records: Records): string[] {
  return records.jobs.flatMap((job) => {
    const attempts = records.attemptsOf.get(job.seq) ?? [];
    const wrong = [
      ...checkNumbers(records, job, attempts),
      ...checkStatus(records, job, attempts),
      ...attempts.flatMap((attempt) => checkAttempt(records, job, attempt)),
      ...unrecorded(records, job, attempts),
    ];
    const history = attempts.map(
      (row) => `${row.attempt} ${row.status} ${row.worker_id} lease ${row.lease}`,
    );
    return wrong.map((what) => `job #${job.seq} ${job.name} ${job.id}: ${what} [${history}]`);
  });
}

/** Each attempt once, from 1 on, again after each requeue; as many as the job says. */
function checkNumbers(records: Records, job: JobRow, attempts: readonly AttemptRow[]): string[] {
  const wrong: string[] = [];
  const requeued = records.revived.has(job.id);
  let expected = 1;
  for (const { attempt } of attempts) {
    if (attempt === 1 && requeued) expected = 1;
    if (attempt !== expected) wrong.push(`attempt ${attempt} comes where ${expected} should`);
    if (attempt > job.max_attempts) wrong.push(`attempt ${attempt} of ${job.max_attempts}`);
    expected = attempt + 1;
  }
  const last = attempts.at(-1)?.attempt ?? 0;
  if (job.attempts !== last && !(requeued && job.attempts === 0)) {
    wrong.push(`it says ${job.attempts} attempts, and the last written down is ${last}`);
  }
  return wrong;
}

function checkStatus(records: Records, job: JobRow, attempts: readonly AttemptRow[]): string[] {
  const wrong: string[] = [];
  const last = attempts.at(-1)?.status;
  const completed = attempts.filter(({ status }) => status === "completed").length;
  const should = job.status === "completed" ? 1 : 0;
  if (completed !== should) wrong.push(`is ${job.status} with ${completed} completed attempts`);
  if (job.status === "completed" && last !== "completed") wrong.push(`went on after completing`);
  if (job.status === "completed" && job.waiting_on !== 0) wrong.push("still counts parents");
  if ((job.status === "completed") !== (job.result !== null)) wrong.push("its result is not right");
  if (job.status === "failed" && last !== "failed" && last !== "lost") {
    wrong.push(`failed, and its last attempt ${last}`);
  }
  if (job.status === "timeout" && last !== "timeout") {
    wrong.push(`timed out, and its last attempt ${last}`);
  }
  if ((job.status === "failed" || job.status === "timeout") && job.attempts < job.max_attempts) {
    wrong.push(`is ${job.status} after ${job.attempts} of ${job.max_attempts} attempts`);
  }
  const { cancelled } = records.journal;
  if (job.status === "cancelled" && !cancelled.has(job.id) && !records.parentsOf.has(job.id)) {
    wrong.push("is cancelled, and nobody asked for that");
  }
  return wrong;
}

function checkAttempt(records: Records, job: JobRow, attempt: AttemptRow): string[] {
  const life = lifeOf(records, attempt.worker_id);
  const player = playerOf(attempt.worker_id);
  const runs = (records.runsOf.get(job.id) ?? []).filter(
    (run) => run.attempt === attempt.attempt && run.player === player,
  );
  const wrong: string[] = [];
  const name = `attempt ${attempt.attempt} (lease ${attempt.lease})`;
  if (attempt.status === "completed" && !runs.some(({ end }) => end?.how === "returned")) {
    wrong.push(`${name} completed, and no run of it has returned`);
  }
  if (attempt.status === "lost" && !(attempt.ended_at >= (life?.struck?.ms ?? Infinity))) {
    wrong.push(`${name} is lost, and ${player} was alive: ${JSON.stringify(life)}`);
  }
  if (attempt.status === "timeout" && job.timeout_ms === null) wrong.push(`${name} timed out`);
  if (attempt.status === "cancelled" && !records.journal.cancelled.has(job.id)) {
    wrong.push(`${name} was cancelled, and nobody asked for that`);
  }
  if (attempt.status !== "completed" && attempt.error === null) wrong.push(`${name} has no error`);
  if (life?.letGo !== undefined && attempt.ended_at > life.letGo.ms) {
    wrong.push(`${name} was written by ${player} after it was robbed`);
  }
  return wrong;
}

/** Each run that has begun is written down once. */
function unrecorded(records: Records, job: JobRow, attempts: readonly AttemptRow[]): string[] {
  const left = attempts.map((row) => `${row.attempt} ${playerOf(row.worker_id)}`);
  return (records.runsOf.get(job.id) ?? [])
    .filter((run) => !isRobbed(records, run))
    .filter((run) => {
      const index = left.indexOf(`${run.attempt} ${run.player}`);
      if (index >= 0) left.splice(index, 1);
      return index < 0;
    })
    .map((run) => `nothing is written of ${describe(run)}`);
}
