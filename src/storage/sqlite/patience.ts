import type { Clock } from "../../clock.js";
import { isBusy, isTrouble, sqliteError } from "./sqlite-error.js";

/** Together with SQLite's own wait of 0.1 s, about half a minute. */
const TRIES = 200;

/**
 * Does something that another process's lock may stand in the way of, again and again. SQLite's
 * own busy handler blocks the process and is not fair, so most of the wait is out here, each a
 * little different. What does not go away is a `GigqError`; a signal ends the patience.
 */
export async function patiently<T>(
  clock: Clock,
  path: string,
  action: () => T,
  signal?: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return action();
    } catch (error) {
      if (!isTrouble(error)) throw error;
      if (!isBusy(error) || tries >= TRIES || signal?.aborted) throw sqliteError(error, path);
    }
    await new Promise<void>((resolve) => clock.after(10 + 60 * Math.random(), resolve));
  }
}
