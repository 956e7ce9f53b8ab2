import { GigqError } from "../errors.js";
import type { JobRecord } from "../job/job.js";
import type { Storage } from "../storage/storage.js";
import { DeadEnds } from "./dead-end.js";
import { gatherKin, type Kin, waitsForParents } from "./kin.js";
import { gatherCauses, toRequeue } from "./to-requeue.js";

/** The error for the first of these jobs that can never run as things are, if there is one. */
export async function neverRuns(
  storage: Storage,
  jobs: readonly JobRecord[],
): Promise<GigqError | undefined> {
  if (!jobs.some(waitsForParents)) return undefined;
  const kin = await gatherKin(storage, jobs);
  const deadEnds = new DeadEnds(kin);
  for (const job of jobs) {
    const way = deadEnds.wayFrom(kin.get(job.id)!);
    if (way === undefined) continue;
    const last = way.at(-1)!;
    const culprit = toRequeue(last, await gatherCauses(storage, [last]));
    return new GigqError("forbidden", `${nameOf(job)} will never run: it ${renderWay(way)}`, {
      hint: `gigq requeue ${culprit.seq}`,
    });
  }
  return undefined;
}

/** `waits for #2 mid, which waits for #1 fetch, which failed`; what is between is only counted. */
function renderWay(way: readonly Kin[]): string {
  const [first, last] = [way[0]!, way.at(-1)!];
  const end = `${nameOf(last)}, which ${ENDED[last.status] ?? last.status}`;
  if (way.length === 1) return `waits for ${end}`;
  const between = way.length - 2;
  const through = between === 0 ? "" : `, through ${between} more,`;
  return `waits for ${nameOf(first)}, which waits${through} for ${end}`;
}

const ENDED: Readonly<Record<string, string>> = {
  failed: "failed",
  timeout: "timed out",
  cancelled: "was cancelled",
};

function nameOf({ seq, name }: Kin): string {
  return `#${seq} ${name}`;
}
