import type { Readable } from "node:stream";
import { Worker as Thread } from "node:worker_threads";
import { jobEnvironment } from "./job-environment.js";
import { type Command, isReport } from "./messages.js";
import type { Runner, RunnerEvents, Seat } from "./runner.js";

const ENTRY = new URL("./child/thread-entry.js", import.meta.url);

/** So much is kept of what a thread says that it died of. */
const LONGEST_DEATH = 2_000;

/** Starts a worker thread. JavaScript in it can be ended at any time, a blocking native call not. */
export function startThread({ options, mark }: Seat, events: RunnerEvents): Runner {
  const { root, confined, maxJobsPerChild } = options;
  const thread = new Thread(ENTRY, {
    env: jobEnvironment(),
    workerData: { mark: mark.fd, root, rules: { confined, maxJobsPerChild } },
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
  // User code can send messages too.
  thread.on("message", (message: unknown) => {
    if (isReport(message)) events.report(message);
  });
  thread.on("error", (error) => {
    died = `died: ${(error instanceof Error ? error.message : String(error)).slice(0, LONGEST_DEATH)}`;
  });
  thread.once("exit", (code) =>
    events.gone(`the job's thread ${died ?? `exited with code ${code}`}`),
  );

  const end = () => void thread.terminate();
  return {
    mark,
    send: (command: Command) => thread.postMessage(command),
    kept: () => [],
    memory: () => undefined,
    terminate: end,
    destroy: end,
  };
}
