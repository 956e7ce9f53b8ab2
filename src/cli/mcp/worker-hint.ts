import { renderCount } from "../render/time.js";

/** What to do about jobs that nobody runs; `undefined` where nothing is amiss. */
export function workerHint(
  { ready, running }: { ready: number; running: number },
  database: string,
): string | undefined {
  if (ready === 0 || running > 0) return undefined;
  const jobs = ready === 1 ? "1 job is" : `${renderCount(ready)} jobs are`;
  return (
    `${jobs} ready and none runs: no worker seems to be there. ` +
    `Start one in a terminal: gigq worker --db ${shellWord(database)}`
  );
}

function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
