import { parentPort, workerData } from "node:worker_threads";
import type { ChildRules } from "../executor.js";
import { Mark } from "../mark.js";
import type { Command } from "../messages.js";
import { Attempts } from "./attempts.js";

const { mark, root, rules } = workerData as { mark: number; root: string; rules: ChildRules };
const attempts = new Attempts(new Mark(mark), root, rules, (report) =>
  parentPort!.postMessage(report),
);
parentPort!.on("message", (command: Command) => attempts.receive(command));
process.on("uncaughtException", (error) => attempts.crash(error));
