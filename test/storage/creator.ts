import { once } from "node:events";
import { systemClock } from "../../src/clock.js";
import { spec } from "../../src/storage/contract/spec.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";

/*
 * A process that creates queues, or opens them where another was quicker: node creator.js PATH…
 * It waits for a word on stdin, and stores one job in each.
 */
process.stdout.write("here\n");
await once(process.stdin, "data");
process.stdin.destroy();
for (const path of process.argv.slice(2)) {
  const storage = await openSqlite(path, { create: true, clock: systemClock });
  await storage.insert([spec()], systemClock.now());
  await storage.close();
}
