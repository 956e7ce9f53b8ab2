import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { FileMark } from "./mark.js";
import { type Command, lineReader, type Report, toLine } from "./messages.js";
import type { Runner, RunnerEvents } from "./runner.js";

const ENTRY = fileURLToPath(new URL("./child/process-entry.js", import.meta.url));

/** How long a dead child's reports are waited for, should somebody else hold its pipe open. */
const LAST_REPORTS_MS = 1_000;

/** Starts a child process that leads a process group of its own. */
export function startChildProcess(root: string, events: RunnerEvents): Runner {
  const mark = FileMark.create();
  try {
    const child = spawn(process.execPath, [ENTRY], {
      cwd: root,
      detached: true,
      // Beyond the usual three: commands in, reports out, and the mark.
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", mark.fd],
    });
    return new ChildProcessRunner(child, mark, events);
  } catch (error) {
    mark.close();
    throw error;
  }
}

class ChildProcessRunner implements Runner {
  readonly mark: FileMark;
  readonly #child: ChildProcess;
  readonly #commands: Writable;
  readonly #events: RunnerEvents;
  #gone = false;

  constructor(child: ChildProcess, mark: FileMark, events: RunnerEvents) {
    this.mark = mark;
    this.#child = child;
    this.#events = events;
    this.#commands = child.stdio[3] as Writable;
    // Writing to a child that just died is no news: its end says more.
    this.#commands.on("error", () => {});
    this.#readReports(child.stdio[4] as Readable);
    this.#passOn("stdout", child.stdout!);
    this.#passOn("stderr", child.stderr!);
    child.once("error", (error) => this.#end(`could not be started: ${error.message}`));
  }

  send(command: Command): void {
    this.#commands.write(toLine(command));
  }

  kept(): Report[] {
    const reports: Report[] = [];
    lineReader<Report>((report) => reports.push(report))(this.mark.kept());
    return reports;
  }

  terminate(): void {
    this.#signalGroup("SIGTERM");
  }

  destroy(): void {
    this.#signalGroup("SIGKILL");
  }

  #readReports(reports: Readable): void {
    const closed = new Promise<void>((resolve) => reports.once("close", resolve));
    reports.setEncoding("utf8");
    reports.on("error", () => {});
    reports.on(
      "data",
      lineReader<Report>((report) => this.#events.report(report)),
    );
    this.#child.once("exit", (code, signal) => {
      // Whatever it started dies with it.
      this.#signalGroup("SIGKILL");
      const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
      const late = setTimeout(() => this.#end(how), LAST_REPORTS_MS);
      void closed.then(() => {
        clearTimeout(late);
        this.#end(how);
      });
    });
  }

  #passOn(stream: "stdout" | "stderr", readable: Readable): void {
    readable.setEncoding("utf8");
    readable.on("error", () => {});
    readable.on("data", (text: string) => this.#events.output(stream, text));
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // ESRCH: nobody is left in the group.
    }
  }

  #end(how: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#events.gone(`the job's process ${how}`);
    for (const stream of this.#child.stdio) stream?.destroy();
    this.mark.close();
  }
}
