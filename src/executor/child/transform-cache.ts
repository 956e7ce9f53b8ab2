import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/**
 * Where transformed TypeScript is kept between runs: a folder in the temporary directory that
 * belongs to this user and that nobody else can write to, for its files are executed. `false`,
 * for no cache, where that cannot be had.
 */
export function transformCache(base: string = tmpdir()): string | false {
  try {
    const { uid } = userInfo();
    const folder = join(base, `gigq-${uid}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stat = lstatSync(folder);
    const safe = stat.isDirectory() && stat.uid === uid && (stat.mode & 0o022) === 0;
    return safe && folder;
  } catch {
    return false;
  }
}
