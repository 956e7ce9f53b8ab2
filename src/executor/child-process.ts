import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Attribution, type StandardStream } from "./attribution.js";
import type { ChildRules, ExecutorOptions } from "./executor.js";
import { Guardian } from "./guardian.js";
import { jobEnvironment } from "./job-environment.js";
import type { Mark } from "./mark.js";
import { memoryOf } from "./memory.js";
import {
  type Command,
  isReport,
  LONGEST_REPORT,
  lineReader,
  type Report,
  toLine,
} from "./messages.js";
import { childTag, endTagged, TAG } from "./remains.js";
import type { Runner, RunnerEvents, Seat, StartRunner } from "./runner.js";
import { Separator } from "./separator.js";
import { isShortage } from "./shortage.js";

const ENTRY = fileURLToPath(new URL("./child/process-entry.js", import.meta.url));

/** How long a dead child's last words are waited for, should somebody else hold its pipes open. */
const LAST_WORDS_MS = 1_000;

/** What a dead child has started, and what does not go, is waited for so long. */
const REST_MS = 5_000;

/** Starts child processes for one worker, each the leader of a process group of its own. */
export function childProcesses({ traces }: ExecutorOptions): StartRunner {
  const tag = traces?.tag ?? randomBytes(6).toString("hex");
  const guardian = new Guardian(childTag(tag));
  return (seat, events) => startChildProcess({ ...seat, tag, guardian }, events);
}

/** A seat among those of one worker. */
interface WatchedSeat extends Seat {
  readonly tag: string;
  readonly guardian: Guardian;
}

function startChildProcess(seat: WatchedSeat, events: RunnerEvents): Runner {
  const { root, traces, confined, maxJobsPerChild, maxRss } = seat.options;
  const token = Separator.newToken();
  const rules: ChildRules = { confined, maxJobsPerChild, maxRss };
  try {
    const child = spawn(process.execPath, [ENTRY, JSON.stringify(rules), token], {
      cwd: root,
      env: { ...jobEnvironment(), [TAG]: childTag(seat.tag, seat.slot) },
      detached: true,
      // Beyond the usual three: commands in, reports out, the mark, and a sign of life to hold open.
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", seat.mark.fd, traces?.fd ?? "ignore"],
    });
    return new ChildProcessRunner(child, seat, new Attribution(token, seat.mark, events), events);
  } catch (error) {
    throw new Error(whyNotStarted(error as Error, root), { cause: error });
  }
}

/** Node blames the executable when it is the folder that is missing. */
function whyNotStarted(error: Error, root: string): string {
  return existsSync(root) ? error.message : `there is no folder ${root}`;
}

class ChildProcessRunner implements Runner {
  readonly mark: Mark;
  readonly #tag: string;
  readonly #child: ChildProcess;
  readonly #commands: Writable | undefined;
  readonly #events: RunnerEvents;
  readonly #attribution: Attribution;
  #garbled = false;
  #gone = false;

  constructor(
    child: ChildProcess,
    seat: WatchedSeat,
    attribution: Attribution,
    events: RunnerEvents,
  ) {
    const { root } = seat.options;
    this.mark = seat.mark;
    this.#tag = childTag(seat.tag, seat.slot);
    this.#child = child;
    this.#events = events;
    this.#attribution = attribution;
    child.once("error", (error) =>
      this.#end(`could not be started: ${whyNotStarted(error, root)}`, isShortage(error)),
    );
    // When the worker is out of files there are not even pipes, whatever the types say.
    if (child.stdio === undefined) return;
    if (child.pid !== undefined) seat.guardian.watch(child.pid);
    this.#commands = child.stdio[3] as Writable;
    // Writing to a child that just died is no news: its end says more.
    this.#commands.on("error", () => {});
    const lastWords = Promise.all([
      this.#readReports(child.stdio[4] as Readable),
      this.#passOn("stdout", child.stdout!),
      this.#passOn("stderr", child.stderr!),
    ]);
    child.once("exit", (code, signal) => {
      // Whatever it started dies with it, also what has left the group.
      this.#signalGroup("SIGKILL");
      const rest = endTagged(this.#tag, REST_MS);
      seat.guardian.unwatch(child.pid!);
      const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
      const end = () => void rest.then(() => this.#end(how));
      const late = setTimeout(end, LAST_WORDS_MS);
      void lastWords.then(() => {
        clearTimeout(late);
        end();
      });
    });
  }

  send(command: Command): void {
    if (command.type === "run") this.#attribution.sent(command.assignments.map(({ n }) => n));
    this.#commands?.write(toLine(command));
  }

  kept(): Report[] {
    const reports: Report[] = [];
    lineReader<Report>((report) => {
      if (isReport(report) && this.#attribution.isComplete(report)) reports.push(report);
    })(this.mark.kept());
    return reports;
  }

  memory(): number | undefined {
    return this.#child.pid === undefined ? undefined : memoryOf(this.#child.pid);
  }

  terminate(): void {
    this.#signalGroup("SIGTERM");
  }

  destroy(): void {
    this.#signalGroup("SIGKILL");
  }

  #readReports(reports: Readable): Promise<void> {
    reports.setEncoding("utf8");
    return readAll(
      reports,
      lineReader<Report>(
        (report) => {
          if (isReport(report)) this.#attribution.report(report);
          else this.#garble();
        },
        () => this.#garble(),
        LONGEST_REPORT,
      ),
    );
  }

  /** A job has written to a file that is gigq's own: nothing from this child can be believed. */
  #garble(): void {
    this.#garbled = true;
    this.destroy();
  }

  async #passOn(stream: StandardStream, readable: Readable): Promise<void> {
    await readAll(readable, (bytes: Buffer) => this.#attribution.receive(stream, bytes));
    this.#attribution.closed(stream);
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // ESRCH: nobody is left in the group.
    }
  }

  #end(how: string, refused = false): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#attribution.end();
    const why = this.#garbled ? "wrote to a file that is gigq's own, and was killed" : how;
    this.#events.gone(`the job's process ${why}`, refused);
    for (const stream of this.#child.stdio ?? []) stream?.destroy();
  }
}

/** Resolves when the stream has ended and everything in it was received. */
function readAll<T>(readable: Readable, receive: (chunk: T) => void): Promise<void> {
  readable.on("error", () => {});
  readable.on("data", receive);
  return new Promise((resolve) => readable.once("close", resolve));
}
