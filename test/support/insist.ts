import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/**
 * Sends a signal until the process has ended, as often as somebody does who means it: what comes at
 * once counts as one wish. Answers how it ended.
 */
export async function insist(
  child: ChildProcess,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<unknown[]> {
  const closed = once(child, "close");
  const again = setInterval(() => child.kill(signal), 20);
  try {
    return await closed;
  } finally {
    clearInterval(again);
  }
}
