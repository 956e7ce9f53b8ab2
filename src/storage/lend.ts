import { GigqError } from "../errors.js";
import type { Storage } from "./storage.js";

/** Everything that a storage can be asked; what is missing here does not compile. */
const METHODS: Record<Exclude<keyof Storage, "meetingPlace" | "identity">, true> = {
  insert: true,
  get: true,
  list: true,
  counts: true,
  children: true,
  ahead: true,
  attempts: true,
  readLog: true,
  change: true,
  cancelDownstream: true,
  remove: true,
  advance: true,
  enlist: true,
  workers: true,
  inHand: true,
  dismiss: true,
  onChange: true,
  shrink: true,
  backup: true,
  close: true,
};

/**
 * Somebody's storage, for one who did not open it and is not to close it: `close` does nothing.
 * Throws `usage` for what is no storage.
 */
export function lend(storage: Storage): Storage {
  refuseOthers(storage);
  return new Proxy(storage, {
    get: (target, key) => {
      if (key === "close") return async () => {};
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function refuseOthers(given: Storage): void {
  const hint = "Give the path of a SQLite file, or an object that implements Storage";
  if (typeof given !== "object" || given === null) {
    throw new GigqError("usage", `${String(given)} is neither a path nor a storage`, { hint });
  }
  const isMissing = (key: string) => typeof Reflect.get(given, key) !== "function";
  const missing = Object.keys(METHODS).filter(isMissing);
  for (const key of ["meetingPlace", "identity"] as const) {
    if (typeof given[key] !== "string") missing.push(key);
  }
  if (missing.length === 0) return;
  throw new GigqError("usage", `this is no storage, for it lacks: ${missing.join(", ")}`, { hint });
}

/** What a queue or a worker calls the place where its jobs are. */
export function nameOf(place: string | Storage): string {
  return typeof place === "string" ? place : "custom storage";
}
