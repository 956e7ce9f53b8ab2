import { parentPort, workerData } from "node:worker_threads";
import { Mark } from "../mark.js";
import type { Command } from "../messages.js";
import { Attempts } from "./attempts.js";

const { mark, root } = workerData as { mark: number; root: string };
const attempts = new Attempts(new Mark(mark), root, (report) => parentPort!.postMessage(report));
parentPort!.on("message", (command: Command) => attempts.receive(command));
process.on("uncaughtException", (error) => attempts.crash(error));
