import { isFinished } from "../job/lifecycle.js";
import { DeadEnds } from "./dead-end.js";
import { type Kin, type KinById, waitsForParents } from "./kin.js";
import type { Ancestor, Reason } from "./reason.js";
import { toRequeue } from "./to-requeue.js";
import type { WhyFacts } from "./why-facts.js";

/** So many parents are told of; those for whose sake a job can never run come first. */
const MOST_TOLD = 10;

/** What a pending job waits for among its parents, each with what that one waits for itself. */
export function parentReasons({ job, kin, causes }: WhyFacts): Reason[] {
  const deadEnds = new DeadEnds(kin);
  const self = kin.get(job.id)!;
  const stuck: Reason[] = [];
  const open: Reason[] = [];
  for (const parent of awaited(self, kin)) {
    const way = [parent, ...(deadEnds.wayFrom(parent) ?? wayUp(parent, kin))];
    const last = way.at(-1)!;
    const isForGood = isFinished(last.status) && !willBeCancelled(self, way);
    const { id, seq, name } = toRequeue(last, causes);
    const requeue = isForGood ? { id, seq, name } : null;
    (isForGood ? stuck : open).push({ type: "parent", way: way.map(ancestorOf), requeue });
  }
  const all = [...stuck, ...open];
  const told = all.slice(0, MOST_TOLD);
  const count = all.length - told.length;
  return count === 0 ? told : [...told, { type: "more-parents", count }];
}

/** The parents that a job waits for; one that was cleared had ended well enough. */
function awaited(job: Kin, kin: KinById): Kin[] {
  if (!waitsForParents(job)) return [];
  return [...new Set(job.dependencies)]
    .map((id) => kin.get(id))
    .filter((parent) => parent !== undefined)
    .filter(
      ({ status }) =>
        status !== "completed" && !(job.onParentFailure === "run" && isFinished(status)),
    );
}

/** From a parent that may run yet: what it waits for first, and so on. */
function wayUp(parent: Kin, kin: KinById): Kin[] {
  const way: Kin[] = [];
  for (let [at] = awaited(parent, kin); at !== undefined; [at] = awaited(at, kin)) way.push(at);
  return way;
}

/** A job that is about to be cancelled for a parent's sake was only read before that. */
function willBeCancelled(job: Kin, way: readonly Kin[]): boolean {
  return way.length === 1 && job.onParentFailure === "cancel";
}

function ancestorOf({ id, seq, name, status, runAt }: Kin): Ancestor {
  const moment = runAt === null ? null : new Date(runAt).toISOString();
  return { id, seq, name, status, runAt: moment };
}
