import { closeSync, openSync } from "node:fs";
import { createExecutor } from "../../src/executor/executor.js";
import type { Outcome } from "../../src/job/outcome.js";
import { attemptAt } from "./attempts.js";
import { PROJECT } from "./paths.js";

/**
 * Run with a low limit on open files: prints the outcome of an attempt for each number of files
 * that are left, and at last with plenty.
 */
let tell: (outcome: Outcome) => void = () => {};

const executor = await createExecutor(
  "process",
  { slots: 1, root: PROJECT, graces: { abortMs: 100, termMs: 200 }, idleMs: 60_000 },
  {
    begun() {},
    ended: (_, outcome) => tell(outcome),
    roomier() {},
    refused() {},
    output() {},
    progress() {},
  },
);

async function outcome(): Promise<Outcome> {
  return new Promise((resolve) => {
    tell = resolve;
    executor.dispatch(0, [attemptAt("answers.mjs#nothing")]);
  });
}

function takeAllBut(left: number): number[] {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    for (const fd of taken.splice(0, left)) closeSync(fd);
    return taken;
  }
}

const outcomes: Outcome[] = [];
for (let left = 0; left < 16; left++) {
  const taken = takeAllBut(left);
  outcomes.push(await outcome());
  for (const fd of taken) closeSync(fd);
  await executor.close();
}
outcomes.push(await outcome());
await executor.close();
console.log(JSON.stringify(outcomes));
