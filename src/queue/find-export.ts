import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { systemClock } from "../clock.js";
import { TASK, type TaskMark, taskMarkOf } from "../job/task-mark.js";

type Exports = Readonly<Record<string, unknown>>;
type Task = { readonly [TASK]: TaskMark };

/** A module that is there answers in a moment; one that waits for this very answer never does. */
const LOADING_MS = 1_000;

const { cache } = createRequire(import.meta.url);
const modules = new Map<string, Promise<Exports | undefined>>();

/**
 * The name under which a module exports a task. The module has been loaded already, by whatever
 * loader, and is not run a second time where that can be told. Throws a `TypeError` where it does
 * not export the task, or where its exports cannot be known.
 */
export async function findExport(task: Task): Promise<string> {
  const { module, fn } = task[TASK];
  const path = fileURLToPath(module);
  const required = cache[path]?.exports as Exports | undefined;
  const name =
    (required && nameIn(required, (value) => value === task)) ??
    nameInModule(await imported(module), task);
  if (name !== undefined) return name;
  throw new TypeError(
    `${path} does not export the task ${fn.name || "without a name"}; a worker finds a function by ` +
      `its export. Write: export const ${fn.name || "resize"} = task(…)`,
  );
}

function nameInModule(exports: Exports | undefined, task: Task): string | undefined {
  const { module, fn } = task[TASK];
  if (exports === undefined) {
    // Its exports are not known yet, or not from here. What is wrong, the worker will tell.
    if (fn.name !== "") return fn.name;
    throw new TypeError(
      `the exports of ${fileURLToPath(module)} cannot be told: it is being loaded still, or by a ` +
        "loader of its own. Submit from another module, or give the function the name of its " +
        "export: task(import.meta.url, function resize() { … })",
    );
  }
  return (
    nameIn(exports, (value) => value === task) ??
    // Loaded a second time, in another way: then there is a twin.
    nameIn(exports, (value) => isTwin(taskMarkOf(value), task[TASK]))
  );
}

function isTwin(one: TaskMark | undefined, other: TaskMark): boolean {
  if (one === undefined || fileURLToPath(one.module) !== fileURLToPath(other.module)) return false;
  return one.fn.name === other.fn.name && (one.fn.name !== "" || `${one.fn}` === `${other.fn}`);
}

/** A name is better than "default", and CommonJS may keep its exports one level down. */
function nameIn(exports: Exports, isIt: (value: unknown) => boolean): string | undefined {
  const found = Object.keys(exports).filter((name) => isIt(exports[name]));
  const name = found.find((one) => one !== "default") ?? found[0];
  if (name !== undefined) return name;
  const inner = exports.default;
  return typeof inner === "object" && inner !== null ? nameIn(inner as Exports, isIt) : undefined;
}

/** `undefined` where the module does not answer, or where Node cannot load it. */
function imported(module: string): Promise<Exports | undefined> {
  let loading = modules.get(module);
  if (loading === undefined) {
    loading = importWithin(module);
    modules.set(module, loading);
  }
  return loading;
}

async function importWithin(module: string): Promise<Exports | undefined> {
  const importing: Promise<Exports> = import(module);
  let cancel: () => void = () => {};
  const late = new Promise<undefined>((resolve) => {
    cancel = systemClock.after(LOADING_MS, () => resolve(undefined));
  });
  try {
    const exports = await Promise.race([importing, late]);
    // Asked again once it has been loaded, it may answer.
    if (exports === undefined) importing.finally(() => modules.delete(module)).catch(() => {});
    return exports;
  } catch {
    modules.delete(module);
    return undefined;
  } finally {
    cancel();
  }
}
