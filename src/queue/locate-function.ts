import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { GigqError } from "../errors.js";
import { formatAddress, isPath, parseAddress } from "../job/address.js";
import { closest } from "../job/closest.js";

const SCRIPT = /\.[mc]?[jt]s$/;

/**
 * Makes what a person typed (`./jobs.ts#resize`, `jobs.ts#resize`, `package#resize`) an address
 * that means the same everywhere: paths become absolute, seen from `cwd`. The module is looked for
 * and not loaded. Throws `usage` where it is not there.
 */
export function locateFunction(text: string, cwd: string): string {
  const { module, exportName } = parseAddress(text);
  const path = resolve(cwd, module);
  if (isFile(path)) return formatAddress({ module: path, exportName });
  if (isPath(module) || (SCRIPT.test(module) && !isInstalled(module, cwd))) {
    throw notThere(module, path, cwd);
  }
  return text;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** True when a folder of that package stands in a node_modules on the way up. */
function isInstalled(specifier: string, cwd: string): boolean {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "node_modules", name))) return true;
    if (folder === dirname(folder)) return false;
  }
}

function notThere(module: string, path: string, cwd: string): GigqError {
  const near = closest(basename(path), scriptsIn(dirname(path)));
  const typed = module.slice(0, module.length - basename(module).length);
  const guess = near === undefined ? "" : ` Did you mean ${typed}${near}?`;
  return new GigqError("usage", `there is no module at ${module}`, {
    hint: `Paths are relative to where you stand (${cwd}).${guess}`,
  });
}

function scriptsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => SCRIPT.test(name));
  } catch {
    return [];
  }
}
