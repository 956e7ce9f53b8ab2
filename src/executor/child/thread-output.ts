import type { Writable } from "node:stream";
import type { MessagePort } from "node:worker_threads";
import type { StandardStream } from "../attribution.js";

/** What a thread sends besides reports, in order with them. */
export interface ThreadOutput {
  readonly type: "output";
  /** The attempt that runs, or ran last; 0 before the first. */
  readonly n: number;
  readonly stream: StandardStream;
  readonly bytes: Uint8Array;
}

export function isThreadOutput(message: unknown): message is ThreadOutput {
  if (typeof message !== "object" || message === null) return false;
  const { type, n, stream, bytes } = message as Record<string, unknown>;
  return (
    type === "output" &&
    Number.isInteger(n) &&
    (stream === "stdout" || stream === "stderr") &&
    bytes instanceof Uint8Array
  );
}

/** So much may be on its way to the worker; a thread that writes faster waits. */
const MOST_UNDERWAY = 1024 * 1024;

/** The longest that a thread waits before it looks again. */
const WAIT_MS = 100;

/**
 * Sends what a thread writes to its standard streams through its port. `underway` is shared with
 * the worker: a port knows no back pressure of its own.
 */
export function sendOutput(port: MessagePort, underway: Int32Array, running: () => number): void {
  for (const name of ["stdout", "stderr"] as const) {
    const stream: Writable = process[name];
    stream._write = (chunk: Buffer | string, encoding, callback) => {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
      for (
        let size = Atomics.load(underway, 0);
        size > MOST_UNDERWAY;
        size = Atomics.load(underway, 0)
      ) {
        Atomics.wait(underway, 0, size, WAIT_MS);
      }
      Atomics.add(underway, 0, bytes.length);
      port.postMessage({ type: "output", n: running(), stream: name, bytes });
      callback();
    };
    // Else several writes at once would go past it.
    Object.defineProperty(stream, "_writev", { value: null });
  }
}

/**
 * The worker's side: the bytes of a message have been received. The thread hears of it after
 * others had their turn: Node takes up to a thousand messages from a port in one go.
 */
export function outputReceived(underway: Int32Array, bytes: number): void {
  setImmediate(() => {
    Atomics.sub(underway, 0, bytes);
    Atomics.notify(underway, 0);
  });
}
