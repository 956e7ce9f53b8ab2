import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { FileMark } from "../mark.js";
import { type Command, lineReader, type Report, toLine } from "../messages.js";
import { Attempts } from "./attempts.js";

const COMMANDS_FD = 3;
const REPORTS_FD = 4;
const MARK_FD = 5;

const attempts = new Attempts(new FileMark(MARK_FD), process.cwd(), report);
const commands = new Socket({ fd: COMMANDS_FD, readable: true, writable: false });
commands.setEncoding("utf8");
commands.on("data", lineReader<Command>((command) => attempts.receive(command)));
commands.on("close", endWithWorker);
process.on("uncaughtException", (error) => attempts.crash(error));

/**
 * Writes a report before anything else happens, so that it is kept whatever the next attempt does.
 * The pipe is blocking: a worker that does not keep up slows its children down.
 */
function report(report: Report): void {
  const bytes = Buffer.from(toLine(report));
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
