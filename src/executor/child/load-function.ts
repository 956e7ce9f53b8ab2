import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isPath, parseAddress } from "../../job/address.js";
import { closest } from "../../job/closest.js";
import type { JobContext } from "./call-function.js";
import { transformCache } from "./transform-cache.js";

type Namespace = Readonly<Record<string, unknown>>;
/** A function as it came out of a module: nothing is known of what it takes. */
export type LoadedFunction = (params: unknown, context: JobContext) => unknown;

const modules = new Map<string, Promise<Namespace>>();

/**
 * Imports the module of a function, once per child, and finds the export. `root` is where packages
 * are looked up. Rejects with the module's own error, or one that lists the exports there are.
 */
export async function loadFunction(address: string, root: string): Promise<LoadedFunction> {
  const { module, exportName } = parseAddress(address);
  let loading = modules.get(module);
  if (loading === undefined) {
    loading = loadModule(module, root);
    modules.set(module, loading);
    loading.catch(() => modules.delete(module));
  }
  const found = findExport(await loading, exportName);
  if (typeof found === "function") return found as LoadedFunction;
  throw missing(await loading, module, exportName, found);
}

async function loadModule(module: string, root: string): Promise<Namespace> {
  const href = isPath(module) ? pathToFileURL(module).href : resolvePackage(module, root);
  if (!/\.[mc]?tsx?$/.test(href)) return import(href);
  const { createJiti } = await import("jiti");
  const jiti = createJiti(href, { fsCache: transformCache(), interopDefault: false });
  return jiti.import(href);
}

/** As an import in a module in `root` would find it. */
function resolvePackage(specifier: string, root: string): string {
  const resolved = createRequire(join(root, "noop.js")).resolve(specifier);
  return isPath(resolved) ? pathToFileURL(resolved).href : resolved;
}

/** CommonJS modules may keep their exports one level down, under "default". */
function findExport(namespace: Namespace, name: string): unknown {
  const direct = Object.hasOwn(namespace, name) ? namespace[name] : undefined;
  if (typeof direct === "function") return direct;
  const inner = namespace.default;
  const isObject = typeof inner === "object" && inner !== null;
  if (isObject && Object.hasOwn(inner, name)) return (inner as Namespace)[name];
  return direct;
}

function missing(namespace: Namespace, module: string, name: string, found: unknown): Error {
  if (found !== undefined) {
    return new TypeError(`the export "${name}" of ${module} is no function but a ${typeof found}`);
  }
  const names = functionNames(namespace);
  const exports = names.length > 0 ? `It exports: ${names.join(", ")}` : "It exports no function";
  const near = closest(name, names);
  const guess = near === undefined ? "" : `. Did you mean ${near}?`;
  return new TypeError(`${module} has no export "${name}". ${exports}${guess}`);
}

function functionNames(namespace: Namespace): string[] {
  const inner = namespace.default;
  const all = { ...(typeof inner === "object" ? inner : {}), ...namespace } as Namespace;
  return Object.keys(all).filter((name) => typeof all[name] === "function");
}
