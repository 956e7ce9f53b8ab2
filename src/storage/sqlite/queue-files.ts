import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";

/** What SQLite calls its own files beside a database: the two of the log, and the old journal. */
const ENDINGS = ["-wal", "-shm", "-journal"];

/**
 * Says whether a file at `path` would be one of those that the queue at `source` lives by: a log
 * of its database, or something in the folder where its workers meet. By whatever links.
 */
export function isQueueFile(path: string, source: string): boolean {
  const place = join(realPath(dirname(path)), basename(path));
  const database = realPath(source);
  const meetingPlace = `${database}-workers`;
  if (place === meetingPlace || place.startsWith(meetingPlace + sep)) return true;
  return ENDINGS.some((ending) => {
    const file = database + ending;
    return place === file || isSameFile(path, file);
  });
}

/** Of what is not there, or cannot be looked at, the path as it was given. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function isSameFile(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
}
