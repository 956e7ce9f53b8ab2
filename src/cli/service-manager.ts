import type { WorkerEvent } from "../index.js";
import { launch } from "./launch.js";
import type { Terminal } from "./terminal.js";

/** A change of the status line is told within this time. */
const STATUS_MS = 5_000;

/** In a third of the time that the watchdog allows, so that one that comes late is no harm. */
const WATCHDOG_SHARE = 3;

/** Beyond this, timers of Node fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Tells systemd how a worker is: ready, stopping, what it does, and that its event loop turns; the
 * protocol is that of sd_notify(3). Node has no unix datagrams, so `systemd-notify` sends them, one
 * at a time, in order. When that fails, `warn` hears it once, and it is tried again.
 */
export class ServiceManager {
  readonly #send: (state: readonly string[]) => Promise<void>;
  /** For how long it may give no sign of life; `undefined` for ever. */
  readonly watchdogMs: number | undefined;
  readonly #warn: (text: string) => void;
  readonly #describe: () => string;
  /** Variables that are yet to be told, in the order in which they are. */
  #due: ReadonlyMap<string, string> = new Map();
  #status = "";
  #sending: Promise<void> | undefined;
  #warned = false;
  #stopping = false;
  #timers: NodeJS.Timeout[] = [];

  /**
   * The service manager that has started this process and wants to hear of it, if there is one.
   * Its variables are taken out of the environment: they are not for jobs. `describe` says what the
   * worker does, in a few words.
   */
  static find(
    terminal: Terminal,
    describe: () => string,
    warn: (text: string) => void,
  ): ServiceManager | undefined {
    const socket = terminal.takeEnv("NOTIFY_SOCKET");
    const usec = Number(terminal.takeEnv("WATCHDOG_USEC"));
    const watched = terminal.takeEnv("WATCHDOG_PID");
    if (!socket) return undefined;
    const isMine = watched === undefined || watched === String(terminal.pid);
    return new ServiceManager(
      (state) => launch("systemd-notify", state, { ...terminal.env, NOTIFY_SOCKET: socket }),
      isMine && usec > 0 ? usec / 1000 : undefined,
      describe,
      warn,
    );
  }

  private constructor(
    send: (state: readonly string[]) => Promise<void>,
    watchdogMs: number | undefined,
    describe: () => string,
    warn: (text: string) => void,
  ) {
    this.#send = send;
    this.watchdogMs = watchdogMs;
    this.#describe = describe;
    this.#warn = warn;
  }

  hear(event: WorkerEvent): void {
    if (event.type === "started") this.ready();
    // A worker that ends by itself was not told to stop.
    if (event.type === "stopping" || event.type === "stopped") this.stopping();
  }

  /** It works, and from now on says how it is. */
  ready(): void {
    this.#tell("READY", "1");
    this.#every(STATUS_MS, () => {
      if (this.#describe() !== this.#status) this.#tellAll();
    });
    const ms = this.watchdogEveryMs;
    if (ms !== undefined) this.#every(ms, () => this.#tell("WATCHDOG", "1"));
  }

  stopping(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#tell("STOPPING", "1");
  }

  /** How often a sign of life is given; `undefined` where nobody waits for one. */
  get watchdogEveryMs(): number | undefined {
    return this.watchdogMs === undefined ? undefined : this.watchdogMs / WATCHDOG_SHARE;
  }

  /** Tells no more, once everything that is to be told has been tried. */
  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await this.#sending;
  }

  #every(ms: number, action: () => void): void {
    this.#timers.push(setInterval(action, Math.min(ms, LONGEST_MS)));
  }

  #tell(name: string, value: string): void {
    this.#due = new Map([...this.#due, [name, value]]);
    this.#tellAll();
  }

  #tellAll(): void {
    this.#sending ??= this.#empty();
  }

  async #empty(): Promise<void> {
    let told = this.#due;
    try {
      do {
        told = this.#due;
        this.#due = new Map();
        this.#status = this.#describe();
        await this.#send([...told, ["STATUS", this.#status]].map((pair) => pair.join("=")));
      } while (this.#due.size > 0);
    } catch (error) {
      this.#due = new Map([...told, ...this.#due]);
      if (!this.#warned) this.#warn(`systemd could not be told: ${(error as Error).message}`);
      this.#warned = true;
    }
    this.#sending = undefined;
  }
}
