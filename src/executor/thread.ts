import type { Readable } from "node:stream";
import { Worker as Thread } from "node:worker_threads";
import { jobEnvironment } from "./job-environment.js";
import type { Command, Report } from "./messages.js";
import type { Runner, RunnerEvents, Seat } from "./runner.js";

const ENTRY = new URL("./child/thread-entry.js", import.meta.url);

/** Starts a worker thread. JavaScript in it can be ended at any time, a blocking native call not. */
export function startThread({ options, mark }: Seat, events: RunnerEvents): Runner {
  const thread = new Thread(ENTRY, {
    env: jobEnvironment(),
    workerData: { mark: mark.fd, root: options.root },
    stdout: true,
    stderr: true,
  });
  const passOn = (stream: "stdout" | "stderr", readable: Readable) => {
    readable.setEncoding("utf8");
    readable.on("data", (text: string) => events.output(stream, text));
  };
  passOn("stdout", thread.stdout);
  passOn("stderr", thread.stderr);

  let died: string | undefined;
  thread.on("message", (report: Report) => events.report(report));
  thread.on("error", (error) => {
    died = `died: ${error instanceof Error ? error.message : String(error)}`;
  });
  thread.once("exit", (code) =>
    events.gone(`the job's thread ${died ?? `exited with code ${code}`}`),
  );

  const end = () => void thread.terminate();
  return {
    mark,
    send: (command: Command) => thread.postMessage(command),
    kept: () => [],
    terminate: end,
    destroy: end,
  };
}
