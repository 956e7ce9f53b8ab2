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
  const name = nameIn(exports, (value) => value === task);
  if (name !== undefined) return name;
  const twin = twinIn(exports, task[TASK]);
  return twin === undefined ? undefined : nameIn(exports, (value) => value === twin);
}

/**
 * Of a module that was loaded a second time, in another way, the task that was made in the same
 * place. Its name tells, for a loader may have changed its source; and its source where that does not.
 */
function twinIn(exports: Exports, { module, fn }: TaskMark): unknown {
  const path = fileURLToPath(module);
  const namesakes = new Set<unknown>();
  nameIn(exports, (value) => {
    const mark = taskMarkOf(value);
    const isNamesake = mark?.fn.name === fn.name && fileURLToPath(mark.module) === path;
    if (isNamesake) namesakes.add(value);
    return false;
  });
  if (namesakes.size === 1 && fn.name !== "") return [...namesakes][0];
  const twins = [...namesakes].filter((value) => `${taskMarkOf(value)!.fn}` === `${fn}`);
  if (twins.length < 2) return twins[0];
  throw new TypeError(
    `${path} exports several tasks that look alike, and which of them is submitted cannot be told: it ` +
      "was loaded a second time, by a loader of its own. Give each function the name of its export: " +
      "task(import.meta.url, function resize() { … })",
  );
}

/**
 * A name is better than "default", and CommonJS may keep its exports one level down. What stands
 * before a "#" in an address is the module, so that a name with one cannot be written there.
 */
function nameIn(exports: Exports, isIt: (value: unknown) => boolean): string | undefined {
  const found = Object.keys(exports).filter((name) => isIt(exportOf(exports, name)));
  const names = found.filter((name) => name !== "" && !name.includes("#"));
  const name = names.find((one) => one !== "default") ?? names[0];
  if (name !== undefined) return name;
  const inner = exports.default;
  return typeof inner === "object" && inner !== null ? nameIn(inner as Exports, isIt) : undefined;
}

/** CommonJS modules have getters, which are theirs to throw. */
function exportOf(exports: Exports, name: string): unknown {
  try {
    return exports[name];
  } catch {
    return undefined;
  }
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
