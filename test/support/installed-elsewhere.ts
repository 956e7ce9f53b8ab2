import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { PROJECT } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

let packed: string | undefined;

/** Unpacks what npm would publish into the node_modules of a project elsewhere; answers its folder. */
export function installedElsewhere(t: TestContext): string {
  packed ??= pack();
  const folder = temporaryFolder(t);
  const installed = join(folder, "node_modules", "gigq");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["xzf", packed, "-C", installed, "--strip-components=1"]);
  // Its dependencies are the ones installed here: building SQLite again would take minutes.
  symlinkSync(join(PROJECT, "node_modules"), join(installed, "node_modules"));
  return folder;
}

/** Packed once for all tests of a process. */
function pack(): string {
  const folder = mkdtempSync(join(tmpdir(), "gigq-packed-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const words = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  execFileSync("npm", words, { cwd: PROJECT });
  return join(folder, readdirSync(folder)[0]!);
}
