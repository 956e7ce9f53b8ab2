import { type Change, type ChangeVerb, TRANSITIONS } from "../../../src/index.js";
import { beginAnew, cancelDescendants, lostParent, restoreDescendants } from "./family.js";
import type { Contents } from "./kept.js";

/** What people do to a job. */
export function change(contents: Contents, seq: number, verb: ChangeVerb, now: number): Change {
  const kept = contents.jobs.get(seq);
  const refused = { seq, changed: false, followed: 0 };
  if (kept === undefined || !TRANSITIONS[verb].from.includes(kept.record.status)) return refused;
  switch (verb) {
    case "cancel": {
      const error = "cancelled before it ran";
      const times = { finishedAt: now, updatedAt: now, runAt: null };
      contents.update(kept, { status: "cancelled", error, ...times });
      return { seq, changed: true, followed: cancelDescendants(contents, kept, now) };
    }
    case "kill":
      contents.update(kept, { cancelRequested: true, updatedAt: now });
      return { seq, changed: true, followed: 0 };
    case "requeue":
      if (lostParent(contents, kept) !== undefined) return refused;
      beginAnew(contents, kept, now);
      return { seq, changed: true, followed: restoreDescendants(contents, kept, now) };
  }
}
