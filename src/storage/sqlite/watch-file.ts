import { type FSWatcher, watch } from "node:fs";
import type { Clock } from "../../clock.js";

/**
 * The event for a commit can come before the commit can be seen (1 to 5 of 120 times, measured),
 * so the listener is called again this much later.
 */
const SECOND_LOOK_MS = 4;

/**
 * Calls the listener at each write to the file, and once more a little later. It is a hint: on
 * some systems no event comes at all, and whoever relies on it must also look now and then.
 */
export function watchFile(path: string, clock: Clock, listener: () => void): () => void {
  let cancelSecondLook: (() => void) | undefined;
  const watcher = tryToWatch(path, () => {
    listener();
    cancelSecondLook ??= clock.after(SECOND_LOOK_MS, () => {
      cancelSecondLook = undefined;
      listener();
    });
  });
  return () => {
    watcher?.close();
    cancelSecondLook?.();
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
