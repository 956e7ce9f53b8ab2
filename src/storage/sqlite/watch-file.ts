import { type FSWatcher, watch } from "node:fs";
import type { Clock } from "../../clock.js";

/**
 * The event for a commit comes when the log is written, which is before the commit can be seen: by
 * the time it takes to reach the disk. So the listener is called again, this much later each time.
 */
const LATER_LOOKS_MS: readonly number[] = [4, 16, 64, 256, 1_024];

/**
 * Calls the listener at each write to the file, and a few times more in the second after it. It is
 * a hint: on some systems no event comes at all, and whoever relies on it must also look now and
 * then.
 */
export function watchFile(path: string, clock: Clock, listener: () => void): () => void {
  let looks = 0;
  let cancelLook: (() => void) | undefined;
  const lookLater = () => {
    const ms = LATER_LOOKS_MS[looks++];
    cancelLook =
      ms === undefined
        ? undefined
        : clock.after(ms, () => {
            listener();
            lookLater();
          });
  };
  const watcher = tryToWatch(path, () => {
    listener();
    looks = 0;
    if (cancelLook === undefined) lookLater();
  });
  return () => {
    watcher?.close();
    cancelLook?.();
  };
}

/** Without a watcher (no inotify instances left, say) the caller's slow look has to do. */
function tryToWatch(path: string, listener: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, listener);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
