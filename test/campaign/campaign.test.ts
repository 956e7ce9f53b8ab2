import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { PROJECT } from "../support/paths.js";
import { type CampaignResult, campaign, ROBBERIES, sweep } from "./campaign.js";
import { INJECTIONS, type Injection, sabotaged } from "./sabotage.js";

void test("what was promised holds while workers, jobs, submitters and commands are killed", {
  timeout: 180_000,
}, async (t) => {
  const { violations, figures, folder } = await campaign({
    kills: 30,
    seed: 20_251_122,
    minutes: 0.2,
    workers: 3,
    paceMs: 200,
    backlog: 20,
    product: PROJECT,
    say: (line) => t.diagnostic(line),
  });
  assert.deepEqual(violations, [], `everything about it is in ${folder}`);
  sweep(folder);
  // It has been a campaign, and not a walk.
  assert.ok(figures.kills >= 5, `${figures.kills} kills`);
  assert.ok(figures.runs >= 5, `${figures.runs} runs`);
});

/** So many campaigns may miss a bug by chance before it is said that they do not find it. */
const TRIES = 6;

for (const injection of Object.keys(INJECTIONS) as Injection[]) {
  void test(`a campaign finds out when gigq has the bug ${injection}`, {
    timeout: 300_000,
  }, async (t) => {
    const product = sabotaged(injection);
    t.after(() => sweep(product));
    let found: readonly string[] = [];
    for (let seed = 1; seed <= TRIES && found.length === 0; seed++) {
      found = (await robberies(t, product, seed)).violations;
    }
    t.diagnostic(found[0] ?? "nothing");
    assert.ok(found.length > 0, `${TRIES} campaigns have not found it`);
  });
}

async function robberies(t: TestContext, product: string, seed: number): Promise<CampaignResult> {
  const result = await campaign({
    kills: 3,
    seed,
    minutes: 0.25,
    workers: 3,
    paceMs: 150,
    ...ROBBERIES,
    product,
    say: (line) => t.diagnostic(line),
  });
  sweep(result.folder);
  return result;
}
