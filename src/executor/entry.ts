import type { StopReason } from "../job/outcome.js";
import type { Attempt } from "./executor.js";

/** An attempt in a slot. */
export interface Entry {
  readonly n: number;
  readonly attempt: Attempt;
  /** Reported as released already; the child has yet to skip it. */
  takenBack: boolean;
  /** Somebody wants it stopped. The first reason wins. */
  stopAs?: StopReason;
  /** Why its child was killed. */
  failAs?: string;
}
