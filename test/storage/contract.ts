import { test } from "node:test";
import { changeContract } from "./contract-change.js";
import { claimContract } from "./contract-claim.js";
import { connectionContract } from "./contract-connection.js";
import { familyContract } from "./contract-family.js";
import { insertContract } from "./contract-insert.js";
import { logContract } from "./contract-log.js";
import { readContract } from "./contract-read.js";
import { removeContract } from "./contract-remove.js";
import { retryContract } from "./contract-retry.js";
import { revivalContract } from "./contract-revival.js";
import { settleContract } from "./contract-settle.js";
import { workersContract } from "./contract-workers.js";
import type { Engine } from "./engine.js";
import { Scene } from "./scene.js";

/** Says one thing that every engine does. */
export type Story = (sentence: string, tell: (scene: Scene) => Promise<void>) => void;

/** Registers, for one engine, everything that `Storage` promises. */
export function storageContract(engine: Engine): void {
  const story: Story = (sentence, tell) => {
    void test(`${engine.name}: ${sentence}`, { timeout: 60_000 }, async (t) => {
      const store = await engine.create(t);
      await tell(new Scene(store, await store.connect()));
    });
  };
  insertContract(story);
  readContract(story);
  claimContract(story);
  settleContract(story);
  retryContract(story);
  changeContract(story);
  familyContract(story);
  revivalContract(story);
  removeContract(story);
  connectionContract(story);
  workersContract(story);
  logContract(story);
}
