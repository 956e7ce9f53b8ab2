import { readFileSync } from "node:fs";

/** One of the two ways out. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Characters that fit in a line; only meaningful on a terminal. */
  readonly columns: number;
  /** The stream itself, for a spinner. */
  readonly stream: NodeJS.WriteStream | undefined;
}

/** All that the command line knows of the machine it runs on. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): number;
  /** Everything on standard input, once it has ended. */
  readStdin(): string;
  /** Calls the listener at SIGINT and SIGTERM instead of ending; the answer takes that back. */
  onInterrupt(listener: (signal: "SIGINT" | "SIGTERM") => void): () => void;
}

export function systemTerminal(): Terminal {
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    cwd: process.cwd(),
    env: process.env,
    now: () => Date.now(),
    readStdin: () => readFileSync(0, "utf8"),
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

function outputOf(stream: NodeJS.WriteStream): Output {
  // The reader has gone (`gigq list | head -1`): there is nobody left to write for.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    get isTerminal() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns ?? 80;
    },
    stream,
  };
}
