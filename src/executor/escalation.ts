import type { StopReason } from "../job/outcome.js";
import type { Graces } from "./executor.js";
import type { Runner } from "./runner.js";

/**
 * Stops what a child runs: abort signal, then SIGTERM, then SIGKILL. The answer calls off what has
 * not been done yet.
 */
export function escalate(runner: Runner, reason: StopReason, graces: Graces): () => void {
  let timer = setTimeout(() => {
    runner.terminate();
    timer = setTimeout(() => runner.destroy(), graces.termMs);
  }, graces.abortMs);
  runner.send({ type: "abort", reason });
  return () => clearTimeout(timer);
}
