import type { TestContext } from "node:test";
import type { Storage } from "../../src/storage/storage.js";

/** A storage engine, as the contract needs to see it. */
export interface Engine {
  readonly name: string;
  /** Makes an empty store for one test, gone when the test is over. */
  create(t: TestContext): Promise<Store>;
}

export interface Store {
  /** Another connection to the same store, as another process would have; closed with the test. */
  connect(): Promise<Storage>;
}
