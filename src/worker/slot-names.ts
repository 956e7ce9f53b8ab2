/** What the slots of a worker are called; one alone is called as the worker is. */
export function slotNames(workerId: string, concurrency: number): string[] {
  if (concurrency === 1) return [workerId];
  return Array.from({ length: concurrency }, (_, slot) => `${workerId}-${slot}`);
}
