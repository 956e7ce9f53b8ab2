import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Jiti } from "jiti";
import { isPath, parseAddress } from "../../job/address.js";
import { closest } from "../../job/closest.js";
import type { JobContext } from "../../job/job-context.js";
import { confine } from "./confine.js";
import { transformCache } from "./transform-cache.js";

type Namespace = Readonly<Record<string, unknown>>;
/** A function as it came out of a module: nothing is known of what it takes. */
export type LoadedFunction = (params: unknown, context: JobContext) => unknown;

/** The stack of an error that begins in Node's own loader. */
const TELLS_NO_PLACE = /^SyntaxError: [^\n]*\n +at \w+ \(node:/;

const modules = new Map<string, Promise<Namespace>>();

/**
 * Imports the module of a function, once per child, and finds the export. `root` is where packages
 * are looked up; `confined` refuses modules outside of it. Rejects with the module's own error, or
 * one that lists the exports there are.
 */
export async function loadFunction(
  address: string,
  root: string,
  confined: boolean,
): Promise<LoadedFunction> {
  const { module, exportName } = parseAddress(address);
  // Workers of one process, each with rules of its own, may share this.
  const key = JSON.stringify([module, root, confined]);
  let loading = modules.get(key);
  if (loading === undefined) {
    loading = loadModule(module, root, confined);
    modules.set(key, loading);
    loading.catch(() => modules.delete(key));
  }
  const found = findExport(await loading, exportName);
  if (typeof found === "function") return found as LoadedFunction;
  throw missing(await loading, module, exportName, found);
}

async function loadModule(module: string, root: string, confined: boolean): Promise<Namespace> {
  if (isPath(module) && !existsSync(module)) throw new Error(`there is no module at ${module}`);
  const named = isPath(module) ? pathToFileURL(module).href : await resolvePackage(module, root);
  const href = confined ? confine(named, module, root) : named;
  if (/\.[mc]?tsx?$/.test(href)) return (await jitiFor(href)).import(href);
  return import(href).catch((error) => rethrow(error, module));
}

/** As an import in a module in `root` would find it; Node 20 itself has no way to ask for that. */
async function resolvePackage(specifier: string, root: string): Promise<string> {
  if (isBuiltin(specifier)) return specifier;
  const from = pathToFileURL(join(root, "noop.js")).href;
  try {
    return (await jitiFor(from)).esmResolve(specifier, { parentURL: from });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw cause;
    throw new Error(
      `there is no package "${specifier}" to be found from ${root}; a path begins with "./" or "/"`,
    );
  }
}

async function jitiFor(href: string): Promise<Jiti> {
  const { createJiti } = await import("jiti");
  return createJiti(href, { fsCache: transformCache(), interopDefault: false });
}

/** Node does not tell where a module that it imports has a syntax error; this much is known. */
function rethrow(error: unknown, module: string): never {
  if (error instanceof SyntaxError && TELLS_NO_PLACE.test(error.stack ?? "")) {
    error.stack += `\n    at ${module}, or a module that it imports`;
  }
  throw error;
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
    return new TypeError(`the export "${name}" of ${module} is no function but ${kindOf(found)}`);
  }
  const names = functionNames(namespace);
  const exports = names.length > 0 ? `It exports: ${names.join(", ")}` : "It exports no function";
  const near = closest(name, names);
  const guess = near === undefined ? "" : `. Did you mean ${near}?`;
  return new TypeError(`${module} has no export "${name}". ${exports}${guess}`);
}

function kindOf(value: unknown): string {
  if (typeof value !== "object") return `a ${typeof value}`;
  return value === null ? "null" : "an object";
}

function functionNames(namespace: Namespace): string[] {
  const inner = namespace.default;
  const innerNames = typeof inner === "object" && inner !== null ? Object.keys(inner) : [];
  const names = new Set([...Object.keys(namespace), ...innerNames]);
  return [...names].filter((name) => typeof findExport(namespace, name) === "function");
}
