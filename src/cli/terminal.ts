import { closeSync, openSync } from "node:fs";
import { userInfo } from "node:os";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";

/** One of the two ways out. */
export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** Characters that fit in a line; only meaningful on a terminal. */
  readonly columns: number;
  /** True while so much waits for its reader that what nobody needs is better left out. */
  readonly isClogged: boolean;
  /** The stream itself, for a spinner. */
  readonly stream: NodeJS.WriteStream | undefined;
}

/** So much may wait in memory to be read. */
const CLOGGED_BYTES = 4 * 1024 * 1024;

/**
 * One wish to stop may come as several signals: timeout(1) sends one to the process and one to its
 * group. (Of 20 busy processes of Node, 19 heard both.) They come within this time.
 */
const SAME_WISH_MS = 200;

/** The variable that tells a worker that it is supervised, and how wide its log may be; 0 for any. */
export const SUPERVISED = "GIGQ_SUPERVISED";

/** The gigq that has started this one, and supervises it. */
export interface Superior {
  report(message: object): void;
  onOrder(listener: (order: unknown) => void): void;
  /** Calls the listener soon after it has ended, however it did; also where that was before. */
  onGone(listener: () => void): void;
}

/** All that the command line knows of the machine it runs on. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): number;
  /** Everything on standard input, once it has ended. */
  readStdin(): Promise<string>;
  /** Standard input as it comes. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Reads a variable and removes it, so that nothing that is started from here inherits it. */
  takeEnv(name: string): string | undefined;
  readonly pid: number;
  /** The words that start this gigq: Node with its own options, and the file of the binary. */
  readonly program: readonly string[];
  /** `undefined` where nobody supervises this gigq. */
  readonly superior: Superior | undefined;
  /** The name of the user it runs as; the number of one who has no name. */
  userName(): string;
  /**
   * Calls the listener at SIGINT and SIGTERM instead of ending; the answer takes that back. Signals
   * that come together count as one. SIGHUP counts once, as the first, and only with a terminal.
   */
  onInterrupt(listener: (signal: NodeJS.Signals) => void): () => void;
}

export function systemTerminal(): Terminal {
  const columns = takeEnv(SUPERVISED);
  const isSupervised = columns !== undefined && process.send !== undefined;
  return {
    // A supervisor that has died is no reason to drop what runs.
    stdout: outputOf(process.stdout, isSupervised ? () => {} : endUnread),
    // Nobody listens to the talk: no reason to stop working.
    stderr: outputOf(process.stderr, () => {}, isSupervised ? Number(columns) : 0),
    superior: isSupervised ? superior() : undefined,
    cwd: process.cwd(),
    env: process.env,
    now: () => Date.now(),
    readStdin: async () => {
      let text = "";
      for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
      return text;
    },
    stdin: () => process.stdin,
    takeEnv,
    pid: process.pid,
    program: [
      process.execPath,
      ...process.execArgv,
      fileURLToPath(new URL("../../../bin/gigq.js", import.meta.url)),
    ],
    userName: () => {
      try {
        return userInfo().username;
      } catch {
        return String(process.getuid?.());
      }
    },
    onInterrupt,
  };
}

function takeEnv(name: string): string | undefined {
  const value = process.env[name];
  delete process.env[name];
  return value;
}

/** What has been reported and is not on its way yet. */
let reporting: Promise<void> = Promise.resolve();

function superior(): Superior {
  return {
    report: (message) => {
      const sent = new Promise<void>((resolve) => {
        // An error says that it is gone, which is heard of elsewhere.
        process.send?.(message, undefined, undefined, () => resolve());
      });
      reporting = reporting.then(() => sent);
    },
    onOrder: (listener) => void process.on("message", listener),
    onGone: (listener) => {
      if (process.connected) process.once("disconnect", listener);
      else setImmediate(listener);
    },
  };
}

function onInterrupt(listener: (signal: NodeJS.Signals) => void): () => void {
  // Once it is closed, a terminal is none any more.
  const onTerminal = hasTerminal();
  let firstMs: number | undefined;
  const sameWishMs = () => (firstMs ?? Number.NEGATIVE_INFINITY) + SAME_WISH_MS - performance.now();
  const hear = (signal: NodeJS.Signals) => {
    if (sameWishMs() > 0) return;
    // The kernel and the shell both send it when a terminal is closed, sooner or later.
    if (signal === "SIGHUP" && (firstMs !== undefined || !onTerminal)) return;
    firstMs ??= performance.now();
    hungUp ||= signal === "SIGHUP";
    listener(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, hear);
  return () => {
    // Not before the last signal of the same wish has come: it would end the process as a failure.
    const remove = () => {
      for (const signal of signals) process.off(signal, hear);
    };
    setTimeout(remove, Math.max(0, sameWishMs())).unref();
  };
}

/**
 * Without a terminal, SIGHUP does not say that one was closed. nohup(1) ignores the signal, but
 * Node undoes that before any of its code runs, and only this is left to know nohup by: it has put
 * something else in the place of every terminal; on macOS it leaves stdin alone.
 */
function hasTerminal(): boolean {
  return (process.platform === "darwin" ? [1, 2] : [0, 1, 2]).some(isatty);
}

/** The terminal was closed. */
let hungUp = false;

/** Ends the process once everything was written, whatever a job in it still does. */
export async function exitWhenWritten(status: number): Promise<never> {
  const read = [process.stdout, process.stderr].filter((stream) => !(hungUp && stream.isTTY));
  await Promise.all([...read.map(flushed), reporting]);
  if (hungUp) letGoOfTerminal();
  process.exit(status);
}

/** At its end, Node puts a terminal back as it was, and aborts where that is no more. */
function letGoOfTerminal(): void {
  for (const fd of [0, 1, 2]) {
    closeSync(fd);
    // The lowest number that is free.
    openSync("/dev/null", "r+");
  }
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.write("", () => resolve());
  });
}

/** The answer cannot be written. Where its reader has gone (`gigq list | head -1`), that is no error. */
function endUnread(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(
    `gigq: the answer could not be written: ${error.message}\n` +
      "What was asked for may have been done; gigq list shows the jobs\n",
  );
  process.exit(1);
}

function outputOf(
  stream: NodeJS.WriteStream,
  onError: (error: NodeJS.ErrnoException) => void,
  /** Of the terminal that another process passes it on to; 0 for none. */
  columnsBeyond = 0,
): Output {
  stream.on("error", onError);
  // As it is now: what a job in this process writes later is listened to, and this is no job's.
  const write = stream.write.bind(stream);
  return {
    write: (text) => void write(text),
    get isClogged() {
      return stream.writableLength > CLOGGED_BYTES;
    },
    get isTerminal() {
      return stream.isTTY === true || columnsBeyond > 0;
    },
    get columns() {
      // A terminal that was never told its size says 0.
      return columnsBeyond || stream.columns || 80;
    },
    stream,
  };
}
