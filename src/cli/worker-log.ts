import type { WorkerEvent } from "../index.js";
import { renderCount } from "./render/time.js";
import { renderEvent, renderEventJson, renderNote, renderWarning } from "./render/worker-event.js";
import type { Shell } from "./shell.js";

/** Characters of output that are gathered for one write. */
const MOST_AT_ONCE = 1024 * 1024;

/** One line for each start and end, on stderr; many that come together are written together. */
export class WorkerLog {
  readonly #shell: Shell;
  readonly #json: boolean;
  readonly #isAmongOthers: boolean;
  #lines = "";
  #dropped = 0;
  #scheduled = false;

  constructor(shell: Shell, options: { json: boolean; isAmongOthers: boolean }) {
    this.#shell = shell;
    this.#json = options.json;
    this.#isAmongOthers = options.isAmongOthers;
  }

  hear(event: WorkerEvent): void {
    // A job that prints faster than anybody reads must not fill the worker's memory.
    if (event.type === "output" && this.#isFull) {
      this.#dropped += event.text.length;
      return;
    }
    if (this.#dropped > 0 && !this.#json) {
      this.#lines += `(${renderCount(this.#dropped)} characters that jobs wrote are left out)\n`;
    }
    this.#dropped = 0;
    const { terminal, err } = this.#shell;
    const now = terminal.now();
    this.#add(
      this.#json ? renderEventJson(event, now) : renderEvent(event, err, now, this.#isAmongOthers),
    );
  }

  /** Something that is no event of the worker, and that who runs it should know. */
  warn(text: string): void {
    const { err, terminal } = this.#shell;
    this.#add(renderWarning(text, this.#json ? "json" : err, terminal.now()));
  }

  /** Something that is no event of one worker; `details` are for a log in JSON. */
  note(type: string, text: string, details: object = {}): void {
    const { err, terminal } = this.#shell;
    this.#add(renderNote({ type, text, details }, this.#json ? "json" : err, terminal.now()));
  }

  #add(lines: string): void {
    this.#lines += lines;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** Writes what has been gathered. */
  flush(): void {
    this.#shell.terminal.stderr.write(this.#lines);
    this.#lines = "";
    this.#scheduled = false;
  }

  get #isFull(): boolean {
    return this.#shell.terminal.stderr.isClogged || this.#lines.length > MOST_AT_ONCE;
  }
}
