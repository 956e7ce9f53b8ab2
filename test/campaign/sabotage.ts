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

export type Injection = "no-fence" | "no-wait";

/** A text in a compiled file, and what is to stand there instead. */
interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const SQL = "dist/src/storage/sqlite/sql.js";

/** Bugs that a campaign must find; each takes away one of the things that it is there to test. */
export const INJECTIONS: Readonly<Record<Injection, readonly Edit[]>> = {
  /**
   * A worker that was taken for dead writes all the same. The key of the table of attempts would
   * refuse that too, and goes as well; and the worker sees that it was dismissed only after writing.
   */
  "no-fence": [
    {
      file: SQL,
      from: `where seq = ? and lease = ? and worker_id = ? and status in \${from("complete")}
  and (cancel_requested`,
      to: `where seq = ? and (lease = ? or 1) and (worker_id = ? or 1) and status in \${from("complete")}
  and (cancel_requested`,
    },
    { file: SQL, from: "insert into attempt", to: "insert or replace into attempt" },
    {
      file: "dist/src/worker/work-loop.js",
      from: "if (advanced.dismissed)",
      to: "if (advanced.dismissed && (ended.length > 0 || this.#hands.held === 0))",
    },
  ],
  /** The attempts of a dead worker are settled while its processes still run. */
  "no-wait": [
    {
      file: "dist/src/worker/reclaim.js",
      from: "(await this.#endsAllOf(worker))",
      to: "this.#endsAllOf !== undefined",
    },
  ],
};

/** A copy of gigq with a bug in it. Throws when a part of the bug finds no place, or more than one. */
export function sabotaged(injection: Injection): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gigq-sabotaged-")));
  for (const part of ["dist/src", "bin", "package.json"]) {
    cpSync(join(PROJECT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  for (const { file, from, to } of INJECTIONS[injection]) {
    const parts = readFileSync(join(folder, file), "utf8").split(from);
    if (parts.length !== 2) {
      throw new Error(`${injection}: found ${parts.length - 1} times in ${file}: ${from}`);
    }
    writeFileSync(join(folder, file), parts.join(to));
  }
  return folder;
}
