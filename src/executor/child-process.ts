import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { FileMark } from "./mark.js";
import { type Command, isReport, lineReader, type Report, toLine } from "./messages.js";
import type { Runner, RunnerEvents } from "./runner.js";

const ENTRY = fileURLToPath(new URL("./child/process-entry.js", import.meta.url));

/** How long a dead child's last words are waited for, should somebody else hold its pipes open. */
const LAST_WORDS_MS = 1_000;

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
    return new ChildProcessRunner(child, root, mark, events);
  } catch (error) {
    mark.close();
    throw new Error(whyNotStarted(error as Error, root), { cause: error });
  }
}

/** Node blames the executable when it is the folder that is missing. */
function whyNotStarted(error: Error, root: string): string {
  return existsSync(root) ? error.message : `there is no folder ${root}`;
}

class ChildProcessRunner implements Runner {
  readonly mark: FileMark;
  readonly #child: ChildProcess;
  readonly #commands: Writable | undefined;
  readonly #events: RunnerEvents;
  #garbled = false;
  #gone = false;

  constructor(child: ChildProcess, root: string, mark: FileMark, events: RunnerEvents) {
    this.mark = mark;
    this.#child = child;
    this.#events = events;
    child.once("error", (error) =>
      this.#end(`could not be started: ${whyNotStarted(error, root)}`),
    );
    // When the worker is out of files there are not even pipes, whatever the types say.
    if (child.stdio === undefined) return;
    this.#commands = child.stdio[3] as Writable;
    // Writing to a child that just died is no news: its end says more.
    this.#commands.on("error", () => {});
    const lastWords = Promise.all([
      this.#readReports(child.stdio[4] as Readable),
      this.#passOn("stdout", child.stdout!),
      this.#passOn("stderr", child.stderr!),
    ]);
    child.once("exit", (code, signal) => {
      // Whatever it started dies with it.
      this.#signalGroup("SIGKILL");
      const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
      const late = setTimeout(() => this.#end(how), LAST_WORDS_MS);
      void lastWords.then(() => {
        clearTimeout(late);
        this.#end(how);
      });
    });
  }

  send(command: Command): void {
    this.#commands?.write(toLine(command));
  }

  kept(): Report[] {
    const reports: Report[] = [];
    lineReader<Report>((report) => {
      if (isReport(report)) reports.push(report);
    })(this.mark.kept());
    return reports;
  }

  terminate(): void {
    this.#signalGroup("SIGTERM");
  }

  destroy(): void {
    this.#signalGroup("SIGKILL");
  }

  #readReports(reports: Readable): Promise<void> {
    return readAll(
      reports,
      lineReader<Report>(
        (report) => {
          if (isReport(report)) this.#events.report(report);
          else this.#garble();
        },
        () => this.#garble(),
      ),
    );
  }

  /** A job has written to a file that is gigq's own: nothing from this child can be believed. */
  #garble(): void {
    this.#garbled = true;
    this.destroy();
  }

  #passOn(stream: "stdout" | "stderr", readable: Readable): Promise<void> {
    return readAll(readable, (text) => this.#events.output(stream, text));
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
    const why = this.#garbled ? "wrote to a file that is gigq's own, and was killed" : how;
    this.#events.gone(`the job's process ${why}`);
    for (const stream of this.#child.stdio ?? []) stream?.destroy();
    this.mark.close();
  }
}

/** Resolves when the stream has ended and everything in it was received. */
function readAll(readable: Readable, receive: (text: string) => void): Promise<void> {
  readable.setEncoding("utf8");
  readable.on("error", () => {});
  readable.on("data", receive);
  return new Promise((resolve) => readable.once("close", resolve));
}
