import { GigqError } from "../errors.js";

/** The longest that a timer should be asked for, in seconds. */
const LONGEST_WAIT = 2_000_000;

/** An option in seconds, as milliseconds. Throws `usage` below `least`, and above `most`. */
export function secondsOf(
  option: string,
  given: number,
  least: number,
  most: number = LONGEST_WAIT,
): number {
  if (typeof given === "number" && given >= least && given <= most) return given * 1000;
  throw new GigqError("usage", `${option} is ${given}`, {
    hint: `${option} is seconds, from ${least} to ${most}`,
  });
}
