/**
 * Makes something once, when it is first asked for: most calls of the command line need little of
 * what an engine can do, and each module that is loaded takes its time. What failed is tried anew.
 */
export function whenNeeded<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
