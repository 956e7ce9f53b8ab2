import { Worker as Thread } from "node:worker_threads";
import type { StandardStream } from "./attribution.js";
import { isThreadOutput, outputReceived } from "./child/thread-output.js";
import { jobEnvironment } from "./job-environment.js";
import { type Command, isReport } from "./messages.js";
import { isTold } from "./pass-on-told.js";
import { childTag, endTagged, TAG } from "./remains.js";
import type { Runner, RunnerEvents, Seat } from "./runner.js";

const ENTRY = new URL("./child/thread-entry.js", import.meta.url);

/** So much is kept of what a thread says that it died of. */
const LONGEST_DEATH = 2_000;

/** What a dead thread has started, and what does not go, is waited for so long. */
const REST_MS = 5_000;

/** Starts a worker thread. JavaScript in it can be ended at any time, a blocking native call not. */
export function startThread({ options, slot, mark }: Seat, events: RunnerEvents): Runner {
  const { root, confined, maxJobsPerChild, traces } = options;
  // For the programs that it starts; they outlive the thread, if nobody ends them.
  const tag = traces === undefined ? undefined : childTag(traces.tag, slot);
  const underway = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Thread(ENTRY, {
    env: { ...jobEnvironment(), ...(tag === undefined ? {} : { [TAG]: tag }) },
    workerData: { mark: mark.fd, root, rules: { confined, maxJobsPerChild }, underway },
    stdout: true,
    stderr: true,
  });
  // What Node itself has to say about a thread does not pass through its port.
  const passOn = (stream: StandardStream) =>
    thread[stream].on("data", (bytes: Buffer) => events.output(stream, bytes, mark.begun().n));
  passOn("stdout");
  passOn("stderr");

  let died: string | undefined;
  // User code can send messages too.
  thread.on("message", (message: unknown) => {
    if (isThreadOutput(message)) {
      const { stream, bytes, n } = message;
      outputReceived(underway, bytes.length);
      events.output(stream, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), n);
    } else if (isReport(message)) {
      if (isTold(message)) events.told(message, message.n);
      else events.report(message);
    }
  });
  thread.on("error", (error) => {
    died = `died: ${(error instanceof Error ? error.message : String(error)).slice(0, LONGEST_DEATH)}`;
  });
  thread.once("exit", async (code) => {
    if (tag !== undefined) await endTagged(tag, REST_MS);
    events.gone(`the job's thread ${died ?? `exited with code ${code}`}`);
  });

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
