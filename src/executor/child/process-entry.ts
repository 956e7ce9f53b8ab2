import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { ChildRules } from "../executor.js";
import { Mark } from "../mark.js";
import { type Command, lineReader, type Report, toLine } from "../messages.js";
import { Attempts } from "./attempts.js";
import { Separators } from "./separators.js";

const COMMANDS_FD = 3;
const REPORTS_FD = 4;
const MARK_FD = 5;

/** Reports wait for others at most this long, unless an attempt blocks meanwhile. */
const GATHER_MS = 1;

const mark = new Mark(MARK_FD);
let unsent: Buffer[] = [];
let sentAtMs = 0;

const rules: ChildRules = JSON.parse(process.argv[2]!);
const separators = new Separators(process.argv[3]!);
// What is left of the command line is what functions of users find: nothing that is meant for them.
process.argv.length = 2;
const attempts = new Attempts(mark, process.cwd(), rules, {
  report,
  cutOutput: (n, ms) => separators.cut(n, ms),
});
const commands = new Socket({ fd: COMMANDS_FD, readable: true, writable: false });
commands.setEncoding("utf8");
commands.on(
  "data",
  lineReader<Command>((command) => attempts.receive(command)),
);
commands.on("close", endWithWorker);
process.on("uncaughtException", (error) => attempts.crash(error));

/**
 * Before anything else happens, a report is in the pipe or kept beside the mark, so that it
 * survives whatever the next attempt does to this process. Reports that come fast share a write.
 */
function report(report: Report, more: boolean): void {
  const line = Buffer.from(toLine(report));
  if (more && performance.now() - sentAtMs < GATHER_MS && mark.keep(line)) {
    unsent.push(line);
    return;
  }
  send(Buffer.concat([...unsent, line]));
  unsent = [];
  mark.sent();
  sentAtMs = performance.now();
}

/** The pipe is blocking: a worker that does not keep up slows its children down. */
function send(bytes: Buffer): void {
  try {
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(REPORTS_FD, bytes, written);
    }
  } catch {
    endWithWorker();
  }
}

/** The worker is gone: nobody would stop this process, or what it has started, any more. */
function endWithWorker(): void {
  process.kill(-process.pid, "SIGKILL");
}
