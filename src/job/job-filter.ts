import type { JobSpec } from "./job.js";

/** Which jobs a worker takes. What is `null` lets all through. */
export interface JobFilter {
  /** Only jobs of this priority, or a higher one. */
  readonly minPriority: number | null;
  /**
   * Only jobs with one of these names. In a name, `*` stands for any characters, or none, and `?`
   * for any one; no other character is special, and upper and lower case differ.
   */
  readonly names: readonly string[] | null;
}

/** Lets all through. */
export const NO_FILTER: JobFilter = { minPriority: null, names: null };

/** Says whether a filter lets a job through; storage engines agree with this. */
export function passesFilter(filter: JobFilter, job: Pick<JobSpec, "name" | "priority">): boolean {
  const { minPriority, names } = filter;
  if (minPriority !== null && job.priority < minPriority) return false;
  return names === null || names.some((pattern) => matches(pattern, job.name));
}

/** False for a name that matches only itself. */
export function isPattern(name: string): boolean {
  return /[*?]/.test(name);
}

/**
 * Takes time that grows with the product of both lengths, however many stars there are: only the
 * latest star is ever tried again.
 */
function matches(pattern: string, name: string): boolean {
  // Characters, not halves of them.
  const [wanted, given] = [[...pattern], [...name]];
  let at = 0;
  let star = -1;
  let retryFrom = 0;
  for (let next = 0; next < given.length; ) {
    if (wanted[at] === "*") {
      star = at++;
      retryFrom = next;
    } else if (at < wanted.length && (wanted[at] === "?" || wanted[at] === given[next])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      at = star + 1;
      next = ++retryFrom;
    } else {
      return false;
    }
  }
  return wanted.slice(at).every((character) => character === "*");
}
