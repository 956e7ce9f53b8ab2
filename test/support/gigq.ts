import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { GIGQ } from "./paths.js";

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the real binary to its end, without a terminal and without this machine's GIGQ_ settings. */
export async function gigq(args: readonly string[], options: RunOptions): Promise<Ran> {
  const child = start(args, options);
  child.stdin.end(options.input ?? "");
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stdout: stdout(), stderr: stderr() };
}

/** Starts the real binary; it is killed when the test is over. */
export function startGigq(
  t: TestContext,
  args: readonly string[],
  options: RunOptions,
): ChildProcessWithoutNullStreams {
  const child = openGigq(t, args, options);
  child.stdin.end(options.input ?? "");
  return child;
}

/** The same, with a standard input that stays open. */
export function openGigq(
  t: TestContext,
  args: readonly string[],
  options: RunOptions,
): ChildProcessWithoutNullStreams {
  const child = start(args, options);
  t.after(() => child.kill("SIGKILL"));
  return child;
}

function start(args: readonly string[], { cwd, env }: RunOptions): ChildProcessWithoutNullStreams {
  const clean = Object.entries(process.env).filter(([name]) => !/^(GIGQ_|NODE_TEST)/.test(name));
  return spawn(process.execPath, [GIGQ, ...args], {
    cwd,
    env: { ...Object.fromEntries(clean), ...env },
  });
}

/** Gathers what a stream says; the answer tells what it was so far. */
export function collect(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** Resolves once a stream has said something that matches; rejects when it ends before. */
export async function said(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  let text = "";
  stream.setEncoding("utf8");
  return new Promise((resolve, reject) => {
    stream.on("data", (chunk: string) => {
      text += chunk;
      if (pattern.test(text)) resolve(text);
    });
    stream.on("end", () => reject(new Error(`ended without saying ${pattern}: ${text}`)));
  });
}
