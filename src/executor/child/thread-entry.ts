import { parentPort, workerData } from "node:worker_threads";
import type { ChildRules } from "../executor.js";
import { Mark } from "../mark.js";
import type { Command } from "../messages.js";
import { Attempts } from "./attempts.js";
import { sendOutput } from "./thread-output.js";

const { root, rules, underway, ...data } = workerData as {
  mark: number;
  root: string;
  rules: ChildRules;
  underway: Int32Array;
};
const port = parentPort!;
const mark = new Mark(data.mark);
// Output and reports go the same way, in order: nothing needs to be cut.
const attempts = new Attempts(mark, root, rules, {
  report: (report) => port.postMessage(report),
  cutOutput: () => undefined,
});
sendOutput(port, underway, () => mark.begun().n);
port.on("message", (command: Command) => attempts.receive(command));
process.on("uncaughtException", (error) => attempts.crash(error));
