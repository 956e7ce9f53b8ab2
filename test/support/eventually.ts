/** Tests that wait longer than this for something wait in vain. */
export const PATIENCE_MS = 90_000;

/** Resolves with what `look` finds, as soon as that is not `undefined` or `false`. */
export async function eventually<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > untilMs) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
