import { READY } from "./sql.js";

/** The ready jobs of each name, in the order in which they are claimed. */
export const INDEX_READY_BY_NAME: string = `
create index if not exists job_ready_by_name on job (name, priority desc, seq)
  where ${READY}`;

export const READY_OF_NAME: string = `
select seq, priority
from job indexed by job_ready_by_name
where ${READY} and name = ? and priority >= ?
order by priority desc, seq
limit ? offset ?`;

export const FIRST_READY_NAME: string = `
select name
from job indexed by job_ready_by_name
where ${READY} and name >= ? and name < ?
order by name
limit 1`;

export const NEXT_READY_NAME: string = `
select name
from job indexed by job_ready_by_name
where ${READY} and name > ? and name < ?
order by name
limit 1`;

export const FIRST_READY: string = `
select seq, priority, name
from job indexed by job_ready
where ${READY} and priority >= ?
order by priority desc, seq
limit ?`;

/** Goes through all names of the range, and sorts: for where there is no better way. */
export const READY_IN_RANGE: string = `
select seq, priority
from job indexed by job_ready_by_name
where ${READY} and name >= ? and name < ? and priority >= ? and name glob ?
order by priority desc, seq
limit ? offset ?`;
