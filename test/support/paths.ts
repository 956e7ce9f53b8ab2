import { fileURLToPath } from "node:url";

/** The project's own folder, seen from the compiled tests. */
export const PROJECT: string = fileURLToPath(new URL("../../../", import.meta.url));

/** The real binary. */
export const GIGQ: string = `${PROJECT}bin/gigq.js`;

/** A file of jobs that tests submit; see `test/fixtures`. */
export function fixture(name: string): string {
  return `${PROJECT}test/fixtures/${name}`;
}
