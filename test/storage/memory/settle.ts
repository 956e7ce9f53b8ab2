import {
  cancelInsteadOfRetry,
  isFinished,
  type Lease,
  type Settlement,
  type Writing,
} from "../../../src/index.js";
import { cancelDescendants } from "./family.js";
import type { Contents, Kept } from "./kept.js";

/** Answers what was kept; `undefined` when the lease no longer holds, and nothing was. */
export function settle(
  contents: Contents,
  settlement: Settlement,
  now: number,
): Settlement | undefined {
  const kept = holder(contents, settlement.lease);
  if (kept === undefined) return undefined;
  const gives = kept.record.cancelRequested && settlement.status === "pending";
  const stored = gives ? cancelInsteadOfRetry(settlement) : settlement;
  const { status, attempts, result, error, runAt, startedAt, endedAt, attempt, lease } = stored;
  contents.update(kept, {
    ...{ status, attempts, result, error, runAt, startedAt, updatedAt: now },
    ...{ workerId: null, cancelRequested: false, finishedAt: isFinished(status) ? endedAt : null },
  });
  kept.workerKey = null;
  if (attempt !== null) {
    const { seq, number, workerId } = lease;
    const which = { seq, lease: number, attempt: attempts, workerId };
    kept.history.push({ ...which, ...attempt, startedAt, endedAt });
  }
  if (isFinished(status)) cancelDescendants(contents, kept, now);
  return stored;
}

/** What an attempt has written; nothing, when it is not this worker's any more. */
export function write(contents: Contents, { lease, log, forget, progress }: Writing): boolean {
  const kept = holder(contents, lease);
  if (kept === undefined) return false;
  const before = kept.logs.get(lease.number) ?? [];
  const left = before.filter(
    ({ position }) => forget === undefined || position < forget.from || position >= forget.to,
  );
  const added = log.filter((piece) => !left.some(({ position }) => position === piece.position));
  const pieces = [
    ...left,
    ...added.map((piece) => ({ ...piece, bytes: Uint8Array.from(piece.bytes) })),
  ];
  kept.logs.set(
    lease.number,
    pieces.sort((a, b) => a.position - b.position),
  );
  if (progress !== undefined) contents.update(kept, { progress });
  return true;
}

/** The job that runs under a lease. */
function holder(contents: Contents, { seq, number, workerId }: Lease): Kept | undefined {
  const kept = contents.jobs.get(seq);
  if (kept?.record.status !== "running") return undefined;
  return kept.record.lease === number && kept.record.workerId === workerId ? kept : undefined;
}
