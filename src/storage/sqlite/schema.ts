import type { Database } from "better-sqlite3";

/** Written into the file's header, so that gigq knows its own: "gigq" in ASCII. */
export const APPLICATION_ID = 0x67696771;

/**
 * Each entry takes the schema one version up, inside one transaction. Entries that were released
 * never change; a new need is a new entry. `pragma user_version` is the number applied.
 */
const MIGRATIONS: readonly string[] = [
  // Checks are written with "or": an "in" with more than two values builds a table at each row,
  // and made inserts three times slower.
  `
  create table job (
    seq integer primary key autoincrement,
    id text not null unique,
    name text not null,
    function text not null,
    description text not null,
    priority integer not null,
    status text not null check (
      status = 'pending' or status = 'running' or status = 'completed' or status = 'failed'
      or status = 'cancelled' or status = 'timeout'
    ),
    attempts integer not null default 0,
    max_attempts integer not null check (max_attempts >= 1),
    timeout_ms integer check (timeout_ms > 0),
    retry_delay_ms integer not null check (retry_delay_ms >= 0),
    backoff text not null check (backoff in ('fixed', 'exponential')),
    on_parent_failure text not null check (
      on_parent_failure = 'cancel' or on_parent_failure = 'wait' or on_parent_failure = 'run'
    ),
    pass_parent_results integer check (pass_parent_results in (0, 1)),
    parents integer not null default 0,
    -- Parents that have not ended well enough; kept right while the job is pending.
    waiting_on integer not null default 0 check (waiting_on >= 0),
    -- Set while the job waits for its time; due jobs are promoted by clearing it.
    run_at integer,
    -- The fence: grows by one with each claim and never goes back.
    lease integer not null default 0,
    worker_id text,
    cancel_requested integer not null default 0 check (cancel_requested in (0, 1)),
    -- The parent for whose sake it was cancelled; requeueing that parent restores it.
    orphaned_by integer,
    created_at integer not null,
    updated_at integer not null,
    started_at integer,
    finished_at integer,
    error text,
    params text not null,
    result text,
    check (attempts between 0 and max_attempts),
    check ((status = 'running') = (worker_id is not null)),
    check (status <> 'running' or (lease > 0 and attempts > 0 and started_at is not null)),
    check ((status <> 'pending' and status <> 'running') = (finished_at is not null)),
    check (result is null or status = 'completed'),
    check (orphaned_by is null or status = 'cancelled'),
    check (cancel_requested = 0 or status = 'running')
  ) strict;

  -- The only rows a claim looks at, in the order in which it takes them.
  create index job_ready on job (priority desc, seq)
    where status = 'pending' and waiting_on = 0 and run_at is null;
  create index job_due on job (run_at) where status = 'pending' and run_at is not null;
  create index job_blocked on job (seq) where status = 'pending' and waiting_on > 0;
  -- Lists by status, counts, and finds what can be cleared, without a look at the rows.
  create index job_status on job (status, seq, finished_at);
  create index job_to_kill on job (seq) where cancel_requested = 1;
  create index job_orphaned on job (orphaned_by) where orphaned_by is not null;

  -- One row for each attempt that ended; the one that runs is in the job itself.
  create table attempt (
    job_seq integer not null references job on delete cascade,
    lease integer not null,
    attempt integer not null,
    status text not null check (
      status = 'completed' or status = 'failed' or status = 'timeout' or status = 'lost'
      or status = 'cancelled'
    ),
    started_at integer not null,
    ended_at integer not null,
    worker_id text not null,
    error text,
    primary key (job_seq, lease)
  ) strict, without rowid;

  -- The parent is no foreign key: its id stays known after it was cleared.
  create table dependency (
    child_seq integer not null references job on delete cascade,
    position integer not null,
    parent_seq integer not null,
    parent_id text not null,
    primary key (child_seq, position)
  ) strict, without rowid;
  create index dependency_parent on dependency (parent_seq, child_seq);
  `,
  `
  -- The workers that have come and have not been dismissed; a dead one stays until somebody has
  -- settled its attempts.
  create table worker (
    key text primary key,
    worker_id text not null,
    host text not null,
    pid integer not null,
    started_at integer not null
  ) strict, without rowid;

  -- In whose hands a running job is. Of the jobs in the same hands, turns tell which was handed
  -- out before which.
  alter table job add column worker_key text check (worker_key is null or status = 'running');
  alter table job add column turn integer check (turn is null or status = 'running');
  -- The last that was told of an attempt's progress, as JSON.
  alter table job add column progress text;

  -- What attempts wrote, in pieces of whole lines. Where the position of one is beyond the end of
  -- the one before, something was left out.
  create table log (
    id integer primary key,
    job_seq integer not null references job on delete cascade,
    lease integer not null,
    position integer not null check (position >= 0),
    at integer not null,
    stream text not null check (stream = 'stdout' or stream = 'stderr' or stream = 'log'),
    bytes blob not null
  ) strict;
  create unique index log_position on log (job_seq, lease, position);

  -- Nobody knew before who is alive: what runs is in the hands of one that is not.
  insert into worker (key, worker_id, host, pid, started_at)
  select 'before-schema-2', 'unknown', 'unknown', 0, max(started_at)
  from job
  where status = 'running'
  having count(*) > 0;
  update job
  set worker_key = 'before-schema-2', turn = 0
  where status = 'running';
  `,
  `
  -- What others need to know of a worker: how many slots it has, where its jobs run, and which it
  -- takes; null for all. A worker of an older gigq, which says none of it, takes all.
  alter table worker add column concurrency integer not null default 1;
  alter table worker add column isolation text not null default 'process';
  alter table worker add column min_priority integer;
  -- A list as JSON.
  alter table worker add column names text;
  `,
];

/** The version that this code reads and writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

export function schemaVersion(db: Database): number {
  return db.pragma("user_version", { simple: true }) as number;
}

/** Brings a database up to `SCHEMA_VERSION`; call inside a write transaction. */
export function migrate(db: Database): void {
  for (let version = schemaVersion(db); version < SCHEMA_VERSION; version++) {
    db.exec(MIGRATIONS[version]!);
    db.pragma(`user_version = ${version + 1}`);
  }
}
