/** How an attempt ended. Nothing else can happen to one: executors never reject. */
export type Outcome =
  /** The function returned; `result` is JSON. */
  | { readonly type: "completed"; readonly result: string }
  /** It threw, returned what cannot be kept, or took its process with it. */
  | { readonly type: "failed"; readonly error: string }
  /** It ran past its timeout and was stopped. */
  | { readonly type: "timeout" }
  /** Its worker is gone; nobody knows how far it came. */
  | { readonly type: "lost"; readonly error: string }
  /** It was killed because somebody cancelled the job. */
  | { readonly type: "cancelled" }
  /** It never began, or was taken back at shutdown: no attempt is used up. */
  | { readonly type: "released" };

/** Why a running attempt is stopped from outside; the outcome bears the same name. */
export type StopReason = "timeout" | "cancelled" | "released";

/** The statuses under which an attempt is kept in a job's history. */
export type AttemptStatus = "completed" | "failed" | "timeout" | "lost" | "cancelled";
