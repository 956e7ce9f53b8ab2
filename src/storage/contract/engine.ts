import type { TestContext } from "node:test";
import type { Storage } from "../storage.js";

/**
 * Makes an empty store for one test. What it leaves is taken away with `t.after`; its connections
 * are closed by then.
 */
export type OpenEngine = (t: TestContext) => Store | Promise<Store>;

/** A place where jobs are kept, as the contract needs to see it. */
export interface Store {
  /**
   * Another connection to the same store, as another process would have. What one has written,
   * all others see; the store outlives the last of them.
   */
  connect(): Promise<Storage>;
}
