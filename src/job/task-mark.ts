/** The key under which a task carries its mark: the same in every copy of gigq, unlike a class. */
export const TASK: unique symbol = Symbol.for("gigq.task");

/** What gigq knows of a function that is a task. */
export interface TaskMark {
  /** The URL of the module that defines it. */
  readonly module: string;
  /** The function inside. */
  readonly fn: (...args: never[]) => unknown;
  /** Answers the params as the function is to have them; throws where they are wrong. */
  readonly checkParams: (params: unknown) => unknown;
}

/** The mark of a task; `undefined` of anything else. */
export function taskMarkOf(value: unknown): TaskMark | undefined {
  return typeof value === "function" ? (value as { [TASK]?: TaskMark })[TASK] : undefined;
}
