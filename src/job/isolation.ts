/** Where attempts run: in child processes, in threads, or in the worker's own event loop. */
export type Isolation = "process" | "thread" | "inline";

export const ISOLATIONS: readonly Isolation[] = ["process", "thread", "inline"];
