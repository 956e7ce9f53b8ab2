import type { JobFamily, JobSummary } from "../../index.js";

/** A job where it is drawn in full. */
export interface TreeNode {
  /** `undefined` of a parent that was cleared; then only its id is known. */
  readonly job: JobSummary | undefined;
  readonly id: string;
  /** What is drawn below it. */
  readonly children: readonly TreeNode[];
  /** Jobs that depend on it, and are drawn below another of their parents. */
  readonly mentions: readonly JobSummary[];
  /** The same for nodes that differ in numbers only: those can stand for each other. */
  readonly shape: number;
  /** How many jobs there are below it. */
  readonly below: number;
}

/**
 * Makes trees of a family: each job stands below the last of its parents, so that what is above it
 * has been told of before.
 */
export function treesOf(family: JobFamily): TreeNode[] {
  const byId = new Map(family.jobs.map((job) => [job.id, job]));
  const known = new Set([...byId.keys(), ...family.cleared]);
  const childrenOf = new Map<string, JobSummary[]>();
  const untold = new Map<string, number>();
  for (const job of family.jobs) {
    const parents = [...new Set(job.dependencies)].filter((id) => known.has(id));
    untold.set(job.id, parents.length);
    for (const parent of parents) {
      const siblings = childrenOf.get(parent);
      if (siblings === undefined) childrenOf.set(parent, [job]);
      else siblings.push(job);
    }
  }
  const shapes = new Map<string, number>();
  const nodeOf = (id: string): TreeNode => {
    const children: TreeNode[] = [];
    const mentions: JobSummary[] = [];
    for (const child of childrenOf.get(id) ?? []) {
      const left = untold.get(child.id)! - 1;
      untold.set(child.id, left);
      if (left === 0) children.push(nodeOf(child.id));
      else mentions.push(child);
    }
    const job = byId.get(id);
    const key = JSON.stringify([
      id === family.id,
      job === undefined ? null : stateOf(job),
      mentions.map(({ seq }) => seq),
      children.map(({ shape }) => shape),
    ]);
    const shape = shapes.get(key) ?? shapes.size;
    shapes.set(key, shape);
    const below = children.reduce((sum, child) => sum + 1 + child.below, 0);
    return { job, id, children, mentions, shape, below };
  };
  const roots = family.jobs.filter(({ id }) => untold.get(id) === 0).map(({ id }) => id);
  return [...family.cleared, ...roots].map(nodeOf);
}

function stateOf({ name, status, waitingOn, runAt }: JobSummary): unknown[] {
  return [name, status, waitingOn > 0, runAt !== null];
}
