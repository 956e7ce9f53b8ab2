import type { WorkerFlags } from "./commands/worker.js";
import { named, parsePositive } from "./options.js";

/**
 * What was said about a worker, and what `GIGQ_WORKER_ID` and `GIGQ_POLLING_INTERVAL` say where the
 * call says nothing; set to nothing, they count as not set. Throws `usage` for what is no duration.
 */
export function withEnvironment(
  flags: WorkerFlags,
  env: Readonly<Record<string, string | undefined>>,
): WorkerFlags {
  const { GIGQ_WORKER_ID: workerId, GIGQ_POLLING_INTERVAL: interval } = env;
  return {
    ...(workerId ? { workerId } : {}),
    ...(interval && flags.pollingInterval === undefined
      ? { pollingInterval: named("GIGQ_POLLING_INTERVAL", () => parsePositive(interval)) }
      : {}),
    ...flags,
  };
}
