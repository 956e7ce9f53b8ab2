import { parentPort, workerData } from "node:worker_threads";
import { SharedMark } from "../mark.js";
import type { Command } from "../messages.js";
import { Attempts } from "./attempts.js";

const { memory, root } = workerData as { memory: SharedArrayBuffer; root: string };
const attempts = new Attempts(new SharedMark(memory), root, (report) =>
  parentPort!.postMessage(report),
);
parentPort!.on("message", (command: Command) => attempts.receive(command));
process.on("uncaughtException", (error) => attempts.crash(error));
