import { GigqError } from "../errors.js";

/** A moment that a program names, in ms UTC. Throws `usage` for what is no time. */
export function momentOf(moment: Date | string): number {
  const ms = new Date(moment).getTime();
  if (!Number.isNaN(ms)) return ms;
  throw new GigqError("usage", `"${moment}" is no time`, {
    hint: "Give a Date, or ISO 8601 as in 2026-11-01T00:00:00Z",
  });
}
