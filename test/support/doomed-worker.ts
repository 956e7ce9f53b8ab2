import { createExecutor } from "../../src/executor/executor.js";
import { attemptAt } from "./attempts.js";
import { PROJECT } from "./paths.js";

/** Dispatches one attempt, `file#export` with the path of a trace, and waits to be killed. */
const [address, trace] = process.argv.slice(2);

const executor = await createExecutor(
  "process",
  { slots: 1, root: PROJECT, graces: { abortMs: 100, termMs: 200 }, idleMs: 60_000 },
  {
    begun() {},
    ended: () => console.log("ended"),
    roomier() {},
    refused() {},
    output() {},
    progress() {},
  },
);
executor.dispatch(0, [attemptAt(address!, { trace })]);
setInterval(() => {}, 60_000);
