import { type TestContext, test } from "node:test";
import type { Storage } from "../storage.js";
import { changeContract } from "./change.js";
import { claimContract } from "./claim.js";
import { connectionContract } from "./connection.js";
import { downstreamContract } from "./downstream.js";
import type { OpenEngine, Store } from "./engine.js";
import { familyContract } from "./family.js";
import { filterContract } from "./filter.js";
import { insertContract } from "./insert.js";
import { logContract } from "./log.js";
import { placeContract } from "./place.js";
import { readContract } from "./read.js";
import { removeContract } from "./remove.js";
import { retryContract } from "./retry.js";
import { revivalContract } from "./revival.js";
import { Scene } from "./scene.js";
import { settleContract } from "./settle.js";
import type { Story } from "./story.js";
import { upkeepContract } from "./upkeep.js";
import { workersContract } from "./workers.js";

export type { OpenEngine, Store } from "./engine.js";

/**
 * Registers with `node:test` everything that `Storage` promises, as tests of one engine. Each test
 * has a store of its own and up to a minute. `name` begins the name of each.
 */
export function storageContract(name: string, openEngine: OpenEngine): void {
  const story: Story = (sentence, tell) => {
    void test(`${name}: ${sentence}`, { timeout: 60_000 }, async (t) => {
      const open = async () => closing(t, await openEngine(t));
      const store = await open();
      const another = async () => (await open()).connect();
      await tell(new Scene(store, await store.connect()), another);
    });
  };
  insertContract(story);
  readContract(story);
  claimContract(story);
  filterContract(story);
  settleContract(story);
  retryContract(story);
  changeContract(story);
  familyContract(story);
  revivalContract(story);
  downstreamContract(story);
  removeContract(story);
  connectionContract(story);
  workersContract(story);
  logContract(story);
  placeContract(story);
  upkeepContract(story);
}

/** The same store; its connections are closed when the test is over. */
function closing(t: TestContext, store: Store): Store {
  const open: Storage[] = [];
  t.after(() => Promise.all(open.map((storage) => storage.close())));
  return {
    connect: async () => {
      const storage = await store.connect();
      open.push(storage);
      return storage;
    },
  };
}
