import { FINISHED, type JobStatus, TRANSITIONS, type TransitionName } from "../../job/lifecycle.js";

/** A list of statuses as SQL: the guard of a transition is made from the state machine itself. */
function oneOf(statuses: readonly JobStatus[]): string {
  return `(${statuses.map((status) => `'${status}'`).join(", ")})`;
}

const from = (name: TransitionName): string => oneOf(TRANSITIONS[name].from);
const to = (name: TransitionName): string => `'${TRANSITIONS[name].to}'`;

/**
 * What makes a job ready; word for word the condition of the index `job_ready`. Statements name
 * their partial index: left alone, SQLite takes `job_status` and goes through all pending jobs.
 */
export const READY: string = "status = 'pending' and waiting_on = 0 and run_at is null";

export const INSERT_JOB: string = `
insert into job (
  id, name, function, description, priority, status, max_attempts, timeout_ms, retry_delay_ms,
  backoff, on_parent_failure, pass_parent_results, parents, run_at, created_at, updated_at, params
)
values (?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const INSERT_DEPENDENCY: string = `
insert into dependency (child_seq, position, parent_seq, parent_id)
values (?, ?, ?, ?)`;

export const SEQ_OF_ID: string = "select seq from job where id = ?";

/** Sets the counter of unfinished parents from their present statuses; a cleared parent had completed. */
export const RECOUNT_PARENTS: string = `
update job
set waiting_on = (
  select count(*)
  from dependency d
  join job p on p.seq = d.parent_seq
  where d.child_seq = job.seq
    and p.status <> 'completed'
    and not (job.on_parent_failure = 'run' and p.status in ${oneOf(FINISHED)})
)
where seq = ? and parents > 0`;

/** The first parent that ended badly and for whose sake a job with the policy "cancel" cannot run. */
export const BROKEN_PARENT: string = `
select p.seq, p.status
from dependency d
join job p on p.seq = d.parent_seq
join job c on c.seq = d.child_seq
where d.child_seq = ?
  and c.on_parent_failure = 'cancel'
  and p.status in ('failed', 'timeout', 'cancelled')
order by d.position
limit 1`;

export const GET_BY_SEQ: string = "select * from job where seq = ?";
export const GET_BY_ID: string = "select * from job where id = ?";

export const DEPENDENCIES: string = `
select parent_id
from dependency
where child_seq = ?
order by position`;

export const PARENT_RESULTS: string = `
select d.parent_id as id, p.result
from dependency d
left join job p on p.seq = d.parent_seq
where d.child_seq = ?
order by d.position`;

export const ATTEMPTS: string = `
select *
from attempt
where job_seq = ?
order by lease`;

export const COUNT_BY_STATUS: string = `
select status, count(*) as count
from job
group by status`;

export const COUNT_DELAYED: string = `
select count(*)
from job indexed by job_due
where status = 'pending' and run_at is not null`;

export const COUNT_BLOCKED: string = `
select count(*)
from job indexed by job_blocked
where status = 'pending' and waiting_on > 0`;

/** Delayed jobs whose time has come join the ready ones. */
export const PROMOTE_DUE: string = `
update job indexed by job_due
set run_at = null
where status = 'pending' and run_at is not null and run_at <= ?`;

export const NEXT_DUE: string = `
select min(run_at)
from job indexed by job_due
where status = 'pending' and run_at is not null`;

export const ANY_READY: string = `
select 1
from job indexed by job_ready
where ${READY} and priority >= ?
limit 1`;

const CLAIMED_COLUMNS = `
  seq, id, name, function, params, attempts, max_attempts, timeout_ms, retry_delay_ms, backoff,
  pass_parent_results, parents, lease`;

/**
 * The next ready jobs of a priority or a higher one, by priority and then in order of submission;
 * served by `job_ready`.
 */
export const READY_JOBS: string = `
select ${CLAIMED_COLUMNS}
from job indexed by job_ready
where ${READY} and priority >= ?
order by priority desc, seq
limit ?`;

export const READY_JOB: string = `
select priority, ${CLAIMED_COLUMNS}
from job
where seq = ? and ${READY}`;

/** Gives the job to a worker; inside the transaction that found it ready. */
export const CLAIM: string = `
update job
set status = ${to("claim")}, attempts = attempts + 1, lease = lease + 1, worker_id = ?,
  worker_key = ?, turn = ?, started_at = ?, updated_at = ?, error = null, progress = null
where seq = ?`;

/**
 * Writes how an attempt ended. Fenced by the lease; and a retry gives way when somebody has asked
 * for the job to be killed.
 */
export const SETTLE: string = `
update job
set status = ?, attempts = ?, result = ?, error = ?, run_at = ?, finished_at = ?,
  started_at = ?, updated_at = ?, worker_id = null, worker_key = null, turn = null,
  cancel_requested = 0
where seq = ? and lease = ? and worker_id = ? and status in ${from("complete")}
  and (cancel_requested = 0 or ? <> ${to("retry")})`;

export const INSERT_ATTEMPT: string = `
insert into attempt (job_seq, lease, attempt, status, started_at, ended_at, worker_id, error)
values (?, ?, ?, ?, ?, ?, ?, ?)`;

export const HOLDS_LEASE: string = `
select 1
from job
where seq = ? and lease = ? and worker_id = ? and status in ${from("complete")}`;

/** A position that is kept already stays as it is. */
export const INSERT_LOG: string = `
insert into log (job_seq, lease, position, at, stream, bytes)
values (?, ?, ?, ?, ?, ?)
on conflict (job_seq, lease, position) do nothing`;

export const FORGET_LOG: string = `
delete from log
where job_seq = ? and lease = ? and position >= ? and position < ?`;

export const READ_LOG: string = `
select position, at, stream, bytes
from log
where job_seq = ? and lease = ? and position >= ?
order by position`;

export const LOG_BYTES: string = "select total(length(bytes)) from log where job_seq = ?";

export const SET_PROGRESS: string = "update job set progress = ? where seq = ?";

export const CHILDREN: string = `
select child_seq
from dependency
where parent_seq = ?`;

export const PENDING_CHILDREN: string = `
select c.seq, c.on_parent_failure
from dependency d
join job c on c.seq = d.child_seq
where d.parent_seq = ? and c.status in ${from("orphan")}
order by c.seq`;

/** One parent fewer to wait for. */
export const FREE_CHILD: string = `
update job
set waiting_on = waiting_on - 1
where seq = ? and status = 'pending'`;

export const ORPHAN: string = `
update job
set status = ${to("orphan")}, orphaned_by = ?, error = ?, finished_at = ?, updated_at = ?,
  run_at = null, waiting_on = 0
where seq = ? and status in ${from("orphan")}`;

export const ORPHANS_OF: string = `
select seq
from job
where orphaned_by = ?
order by seq`;

/** Puts the blame for a cancelled job on another parent. */
export const REBLAME: string = `
update job
set orphaned_by = ?, error = ?, updated_at = ?
where seq = ?`;

export const CANCEL: string = `
update job
set status = ${to("cancel")}, error = ?, finished_at = ?, updated_at = ?, run_at = null,
  waiting_on = 0
where seq = ? and status in ${from("cancel")}`;

export const REQUEST_KILL: string = `
update job
set cancel_requested = 1, updated_at = ?
where seq = ? and status in ${from("kill")}`;

/** Back to the start: no attempts, no error, no delay. Serves `requeue` and `restore`. */
export const REQUEUE: string = `
update job
set status = ${to("requeue")}, attempts = 0, error = null, run_at = null, orphaned_by = null,
  started_at = null, finished_at = null, updated_at = ?
where seq = ? and status in ${from("requeue")}`;

/** Running children of other parents do not care; pending ones count the requeued parent again. */
export const PENDING_CHILD_SEQS: string = `
select child_seq
from dependency d
join job c on c.seq = d.child_seq
where d.parent_seq = ? and c.status = 'pending'`;

export const TO_KILL: string = `
select seq, lease, worker_id
from job
where cancel_requested = 1 and worker_key = ?`;

export const ENLIST: string = `
insert into worker (
  key, worker_id, host, pid, started_at, concurrency, isolation, min_priority, names
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const IS_ENLISTED: string = "select 1 from worker where key = ?";

export const WORKERS: string = `
select *
from worker
order by started_at, key`;

/** Running jobs are few: they are found by their status, and need no index of their own. */
export const IN_HAND: string = `
select seq, id, name, attempts, max_attempts, timeout_ms, retry_delay_ms, backoff, lease,
  worker_id, started_at, turn
from job indexed by job_status
where status = 'running' and worker_key = ?
order by turn`;

export const DISMISS: string = "delete from worker where key = ?";

export const STATUS_OF: string = "select status from job where seq = ?";

/** The children that need the job: see `Storage.remove`. */
export const NEEDED_BY: string = `
select c.seq
from dependency d
join job c on c.seq = d.child_seq
where d.parent_seq = ?
  and (c.status in ('pending', 'running') or (? <> 'completed' and c.status <> 'completed'))`;

export const DELETE_JOB: string = "delete from job where seq = ?";

/** Finished jobs of one status, newest first; `job_status` answers it alone. */
export const FINISHED_JOBS: string = `
select seq
from job
where status = ? and seq < ? and finished_at < ?
order by seq desc
limit ?`;

export const COUNT_JOBS: string = "select count(*) from job";

/** For a copy of a queue, whose running jobs are in the hands of nobody who is alive. */
export const DISOWN_JOBS: string = `
update job
set worker_key = worker_key || ?
where worker_key is not null`;

export const RENAME_WORKERS: string = "update worker set key = key || ?";
