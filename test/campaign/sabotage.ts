import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../support/paths.js";

export type Injection = "no-fence";

/** A bug: a text in a compiled file, and what stands there instead. */
interface Bug {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Bugs that a campaign must find; each takes away one of the things that it is there to test. */
export const INJECTIONS: Readonly<Record<Injection, Bug>> = {
  /** A worker that was taken for dead writes all the same. */
  "no-fence": {
    file: "dist/src/storage/sqlite/sql.js",
    from: `where seq = ? and lease = ? and worker_id = ? and status in \${from("complete")}
  and (cancel_requested`,
    to: `where seq = ? and (lease = ? or 1) and (worker_id = ? or 1) and status in \${from("complete")}
  and (cancel_requested`,
  },
};

/** A copy of gigq with a bug in it. Throws when the bug finds no place, or more than one. */
export function sabotaged(injection: Injection): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gigq-sabotaged-")));
  for (const part of ["dist/src", "bin", "package.json"]) {
    cpSync(join(PROJECT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  const { file, from, to } = INJECTIONS[injection];
  const parts = readFileSync(join(folder, file), "utf8").split(from);
  if (parts.length !== 2) {
    throw new Error(`${injection}: found ${parts.length - 1} times in ${file}: ${from}`);
  }
  writeFileSync(join(folder, file), parts.join(to));
  return folder;
}
