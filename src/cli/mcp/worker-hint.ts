import type { WorkerInfo } from "../../index.js";
import { renderCount } from "../render/time.js";

/** What to do about ready jobs that nobody will run; `undefined` where nothing is amiss. */
export function workerHint(
  ready: number,
  workers: readonly WorkerInfo[],
  database: string,
): string | undefined {
  if (ready === 0 || workers.some(({ state }) => state === "alive")) return undefined;
  const jobs = ready === 1 ? "1 job is" : `${renderCount(ready)} jobs are`;
  return (
    `${jobs} ready, and no worker is alive. ` +
    `Start one in a terminal: gigq worker --db ${shellWord(database)}`
  );
}

function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
