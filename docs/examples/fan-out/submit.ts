import { resolve } from "node:path";
import { JobQueue, Workflow } from "gigq";
import { countPart, mostFrequent } from "./jobs.ts";

// npx jiti submit.ts FILE: counts the words of a file in four parts, side by side.
const file = resolve(process.argv[2] ?? "README.md");
const parts = 4;

const workflow = new Workflow("word count");
const counted = Array.from({ length: parts }, (_, part) =>
  workflow.addTask(countPart, { params: { file, part, of: parts }, name: `part ${part + 1}` }),
);
const last = workflow.addTask(mostFrequent, { params: { top: 3 }, dependsOn: counted });

const queue = new JobQueue(process.env.GIGQ_DB ?? "gigq.db");
await workflow.submitAll(queue);
// A worker does the work: gigq worker --concurrency 4
const [job] = await queue.wait([last.id], { timeout: 300 });
console.log(job?.status, JSON.stringify(job?.result ?? job?.error));
await queue.close();
