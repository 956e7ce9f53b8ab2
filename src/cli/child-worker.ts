import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Order, Report } from "./supervised.js";
import { type Output, SUPERVISED, type Terminal } from "./terminal.js";
import { WholeLines } from "./whole-lines.js";

/** How a worker has ended: with an exit code, by a signal, or before it began. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly refusal?: string;
  readonly livedMs: number;
}

/** What it has written is waited for so long, once it has ended: others may hold its pipes. */
const LAST_WORDS_MS = 500;

/** How soon it is looked again whether somebody reads. */
const UNCLOG_MS = 50;

/** A worker in a process of its own, which stops when this one is no more. */
export class ChildWorker {
  readonly #child: ChildProcess;
  #isHurried = false;
  /** Resolves once it has ended, and what it had written is written. */
  readonly ended: Promise<WorkerEnd>;

  constructor(terminal: Terminal, args: readonly string[], onReport: (report: Report) => void) {
    const [program, ...before] = terminal.program as [string, ...string[]];
    const { stdout, stderr } = terminal;
    const startedMs = performance.now();
    // Away from the group of this one: what a terminal sends to all comes once, and through here.
    this.#child = spawn(program, [...before, ...args], {
      cwd: terminal.cwd,
      env: { ...terminal.env, [SUPERVISED]: String(stderr.isTerminal ? stderr.columns : 0) },
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child.on("message", (report) => onReport(report as Report));
    const isHurried = () => this.#isHurried;
    const written = Promise.all([
      passOn(this.#child.stdout, stdout, isHurried),
      passOn(this.#child.stderr, stderr, isHurried),
    ]);
    this.ended = new Promise<WorkerEnd>((resolve) => {
      const livedMs = () => performance.now() - startedMs;
      this.#child.once("exit", (code, signal) => resolve({ code, signal, livedMs: livedMs() }));
      this.#child.on("error", ({ message }) => {
        // Later ones are of messages that have come too late.
        if (this.#child.pid !== undefined) return;
        resolve({ code: null, signal: null, refusal: message, livedMs: livedMs() });
      });
    }).then(async (end) => {
      await Promise.race([written, new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS))]);
      return end;
    });
  }

  /** One that has just ended hears nothing. */
  order(order: Order): void {
    if (this.#child.connected) this.#child.send(order, () => {});
  }

  /** From now on, what nobody reads is left out: the worker cannot end before it has written. */
  hurry(): void {
    this.#isHurried = true;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Without files left there is no pipe, whatever the types say. */
async function passOn(
  from: Readable | null | undefined,
  to: Output,
  isHurried: () => boolean,
): Promise<void> {
  if (!from) return;
  const lines = new WholeLines((text) => {
    if (!to.isClogged || !isHurried()) to.write(text);
  });
  const goOn = () => {
    if (to.isClogged && !isHurried()) setTimeout(goOn, UNCLOG_MS);
    else from.resume();
  };
  from.on("data", (piece: Buffer) => {
    lines.push(piece);
    if (!to.isClogged) return;
    // The worker notices, and leaves out what nobody needs.
    from.pause();
    goOn();
  });
  await new Promise((resolve) => from.once("close", resolve));
  lines.end();
}
