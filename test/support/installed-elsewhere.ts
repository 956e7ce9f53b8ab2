import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { PROJECT } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Unpacks what npm would publish into the node_modules of a project elsewhere; answers its folder. */
export function installedElsewhere(t: TestContext): string {
  const folder = temporaryFolder(t);
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  execFileSync("npm", pack, { cwd: PROJECT });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  const installed = join(folder, "node_modules", "gigq");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["xzf", join(folder, tarball!), "-C", installed, "--strip-components=1"]);
  // Its dependencies are the ones installed here: building SQLite again would take minutes.
  symlinkSync(join(PROJECT, "node_modules"), join(installed, "node_modules"));
  return folder;
}
