import { JobQueue, Workflow } from "gigq";
import { best, train } from "./jobs.ts";

// npx jiti submit.ts: submits a grid of trials, and the comparison of them all; prints its id.
const workflow = new Workflow("sweep");
const trials = [0.05, 0.1, 0.3, 0.9].flatMap((rate) =>
  [1, 2, 3].map((depth) =>
    workflow.addTask(train, { params: { rate, depth }, name: `rate ${rate} depth ${depth}` }),
  ),
);
// It runs whatever becomes of the trials; without this, one that fails would cancel it.
const last = workflow.addTask(best, { dependsOn: trials, onParentFailure: "run" });

const queue = new JobQueue(process.env.GIGQ_DB ?? "gigq.db");
await workflow.submitAll(queue);
console.log(last.id);
await queue.close();
