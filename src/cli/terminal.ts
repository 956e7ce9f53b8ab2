/** One of the two ways out. */
export interface Output {
  write(text: string): void;
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

/** All that the command line knows of the machine it runs on. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): number;
  /** Everything on standard input, once it has ended. */
  readStdin(): Promise<string>;
  /** Calls the listener at SIGINT and SIGTERM instead of ending; the answer takes that back. */
  onInterrupt(listener: (signal: "SIGINT" | "SIGTERM") => void): () => void;
}

export function systemTerminal(): Terminal {
  return {
    stdout: outputOf(process.stdout, endUnread),
    // Nobody listens to the talk: no reason to stop working.
    stderr: outputOf(process.stderr, () => {}),
    cwd: process.cwd(),
    env: process.env,
    now: () => Date.now(),
    readStdin: async () => {
      let text = "";
      for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
      return text;
    },
    onInterrupt: (listener) => {
      process.on("SIGINT", listener);
      process.on("SIGTERM", listener);
      return () => {
        process.off("SIGINT", listener);
        process.off("SIGTERM", listener);
      };
    },
  };
}

/** Ends the process once everything was written, whatever a job in it still does. */
export async function exitWhenWritten(status: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit(status);
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
): Output {
  stream.on("error", onError);
  return {
    write: (text) => void stream.write(text),
    get isClogged() {
      return stream.writableLength > CLOGGED_BYTES;
    },
    get isTerminal() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns ?? 80;
    },
    stream,
  };
}
