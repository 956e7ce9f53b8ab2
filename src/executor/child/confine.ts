import { realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** `node:fs` and `data:text/javascript,…` are no files; what was a file URL is a path by now. */
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/**
 * The URL of the file that really stands behind a module's, with all symbolic links followed. To
 * import that, and not the name, keeps the answer true when a link is changed meanwhile. Throws
 * where it lies outside of `root`, and for what is no file: Node's own modules, and data URLs.
 */
export function confine(href: string, module: string, root: string): string {
  if (!href.startsWith("file:") || HAS_SCHEME.test(module)) throw outside(module, root);
  const path = realpathSync(fileURLToPath(href));
  if (!isInside(path, realpathSync(root))) throw outside(module, root, path);
  // What a folder stands for would be looked up once more.
  if (!statSync(path).isFile()) throw new Error(`${module} is no file`);
  return pathToFileURL(path).href;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function outside(module: string, root: string, path: string = module): Error {
  const really = path === module ? "" : `, which is ${path},`;
  return new Error(`${module}${really} is outside of --root ${root}, and is not loaded`);
}
