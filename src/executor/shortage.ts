/** What the system says when it is short of something, and may have it again in a moment. */
const SHORTAGES: ReadonlySet<unknown> = new Set([
  "EMFILE",
  "ENFILE",
  "EAGAIN",
  "ENOMEM",
  "ENOSPC",
  "EDQUOT",
]);

/** Says whether the system refused for want of files, processes, memory or space. */
export function isShortage(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return SHORTAGES.has(code) || (cause instanceof Error && isShortage(cause));
}
