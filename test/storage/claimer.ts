import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { systemClock } from "../../src/clock.js";
import { settle } from "../../src/job/lifecycle.js";
import { workerRecord } from "../../src/storage/contract/scene.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import type { Claim } from "../../src/storage/storage.js";

/*
 * A process that claims jobs and completes them: node claimer.js DATABASE NAME TOTAL. It claims
 * once, waits for a word on stdin so that all begin together, and goes on until TOTAL jobs of the
 * queue are completed. Each line on stdout is the list of numbers that one step claimed.
 */
const [path, name, total] = process.argv.slice(2) as [string, string, string];
const storage = await openSqlite(path, { create: false, clock: systemClock });
await storage.enlist(workerRecord(name));

let turns = 0;
let held = await step([]);
await once(process.stdin, "data");
process.stdin.destroy();
while ((await storage.counts()).completed < Number(total)) {
  held = await step(held);
  if (held.length === 0) await setImmediate();
}
await storage.close();

/** Completes what is held, and claims as a worker with three slots would. */
async function step(ended: readonly Claim[]): Promise<readonly Claim[]> {
  const now = systemClock.now();
  const time = { startedAt: now, endedAt: now };
  const { claims, stale } = await storage.advance({
    worker: name,
    settlements: ended.map(({ job, lease }) =>
      settle(job, lease, { type: "completed", result: JSON.stringify(name) }, time),
    ),
    claimants: [0, 1, 2].map((slot) => `${name}-${slot}`),
    firstTurn: turns + 1,
    now,
  });
  turns += claims.length;
  if (stale.length > 0) throw new Error(`lost ${JSON.stringify(stale)}`);
  process.stdout.write(`${JSON.stringify(claims.map((claim) => claim.lease.seq))}\n`);
  return claims;
}
