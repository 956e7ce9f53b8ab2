import { parentPort, workerData } from "node:worker_threads";
import { Mark } from "../../src/executor/mark.js";

/** The other side of a mark: told to go, it begins one attempt after the other until it may not. */
let last = 0;

function begin(mark: Mark): number {
  while (mark.begin(last + 1)) last += 1;
  // What is refused has been announced all the same, and is passed over.
  return last++;
}

/** Like `begin`, and keeps a report of each attempt, sending them only when there is no more room. */
function beginAndKeep(mark: Mark): number {
  const keep = () => {
    const line = Buffer.from(`${JSON.stringify({ n: last, padding: "x".repeat(last % 3_000) })}\n`);
    if (!mark.keep(line)) mark.sent();
  };
  for (; mark.begin(last + 1); last += 1) keep();
  return last++;
}

if (parentPort !== null) {
  const mark = new Mark(workerData as number);
  parentPort.on("message", () => parentPort!.postMessage(begin(mark)));
} else {
  const mark = new Mark(3);
  const go = process.argv[2] === "keep" ? beginAndKeep : begin;
  process.stdin.on("data", () => process.stdout.write(`${go(mark)}\n`));
}
