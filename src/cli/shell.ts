import { resolve } from "node:path";
import { JobQueue } from "../client.js";
import { plainJson } from "./render/plain.js";
import { openTheme, type Theme } from "./render/theme.js";
import type { Terminal } from "./terminal.js";

/** What `--db` and `--json` say, and all that a command needs to do its work. */
export class Shell {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly location: string;
  /** Whether a queue on a network file system is opened all the same. */
  readonly force: boolean;
  /** Colours for stdout, and for stderr. */
  readonly out: Theme;
  readonly err: Theme;

  private constructor(
    terminal: Terminal,
    options: { json: boolean; location: string; force: boolean },
    themes: { out: Theme; err: Theme },
  ) {
    this.terminal = terminal;
    this.json = options.json;
    this.location = options.location;
    this.force = options.force;
    this.out = themes.out;
    this.err = themes.err;
  }

  /** `force` is what the flag of that name says, of a command where it is about the database. */
  static async open(
    terminal: Terminal,
    options: { db?: string; json?: boolean; force?: boolean },
  ): Promise<Shell> {
    const { stdout, stderr, env } = terminal;
    const json = options.json ?? false;
    const location = options.db ?? (env.GIGQ_DB || "gigq.db");
    const force = options.force === true || !["", "0", undefined].includes(env.GIGQ_FORCE);
    const out = await openTheme(stdout, env);
    const err = await openTheme(stderr, env);
    return new Shell(terminal, { json, location, force }, { out, err });
  }

  /** Lends the queue to an action, and closes it again. Only some commands may create one. */
  async withQueue<T>(
    options: { create: boolean },
    action: (queue: JobQueue) => Promise<T>,
  ): Promise<T> {
    const queue = this.openQueue(options);
    try {
      return await action(queue);
    } finally {
      await queue.close();
    }
  }

  /** The queue, for whoever closes it again. The database is opened at the first call. */
  openQueue({ create }: { create: boolean }): JobQueue {
    return new JobQueue(this.path, { initialize: create, allowNetworkFileSystem: this.force });
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
