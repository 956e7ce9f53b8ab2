import { resolve } from "node:path";
import { JobQueue } from "../index.js";
import { plainJson } from "./render/plain.js";
import { openTheme, type Theme } from "./render/theme.js";
import type { Terminal } from "./terminal.js";

/** What `--db` and `--json` say, and all that a command needs to do its work. */
export class Shell {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly location: string;
  /** Colours for stdout, and for stderr. */
  readonly out: Theme;
  readonly err: Theme;

  private constructor(terminal: Terminal, json: boolean, location: string, out: Theme, err: Theme) {
    this.terminal = terminal;
    this.json = json;
    this.location = location;
    this.out = out;
    this.err = err;
  }

  static async open(terminal: Terminal, options: { db?: string; json?: boolean }): Promise<Shell> {
    const location = options.db ?? (terminal.env.GIGQ_DB || "gigq.db");
    const { stdout, stderr, env } = terminal;
    const out = await openTheme(stdout, env);
    return new Shell(terminal, options.json ?? false, location, out, await openTheme(stderr, env));
  }

  /** Lends the queue to an action, and closes it again. Only some commands may create one. */
  async withQueue<T>(
    options: { create: boolean },
    action: (queue: JobQueue) => Promise<T>,
  ): Promise<T> {
    const queue = new JobQueue(this.path, { initialize: options.create });
    try {
      return await action(queue);
    } finally {
      await queue.close();
    }
  }

  /** The database, as an absolute path unless it is a URL. */
  get path(): string {
    const { cwd } = this.terminal;
    return this.location.includes("://") ? this.location : resolve(cwd, this.location);
  }

  /** An answer, on stdout. */
  print(text: string): void {
    this.terminal.stdout.write(`${text}\n`);
  }

  printJson(value: unknown): void {
    this.print(plainJson(value, this.terminal.stdout.isTerminal ? 2 : undefined));
  }

  /** Talk, on stderr. */
  say(text: string): void {
    this.terminal.stderr.write(`${text}\n`);
  }

  /** Talk that only a person needs. */
  sayOnTerminal(text: string): void {
    if (this.terminal.stderr.isTerminal) this.say(text);
  }
}
