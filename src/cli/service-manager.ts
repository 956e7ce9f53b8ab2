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
  readonly #watchdogMs: number | undefined;
  readonly #warn: (text: string) => void;
  readonly #work = new Work();
  /** Variables that are yet to be told, in the order in which they are. */
  #due: ReadonlyMap<string, string> = new Map();
  #status = "";
  #sending: Promise<void> | undefined;
  #warned = false;
  #timers: NodeJS.Timeout[] = [];

  /**
   * The service manager that has started this process and wants to hear of it, if there is one.
   * Its variables are taken out of the environment: they are not for jobs.
   */
  static find(terminal: Terminal, warn: (text: string) => void): ServiceManager | undefined {
    const socket = terminal.takeEnv("NOTIFY_SOCKET");
    const usec = Number(terminal.takeEnv("WATCHDOG_USEC"));
    const watched = terminal.takeEnv("WATCHDOG_PID");
    if (!socket) return undefined;
    const isMine = watched === undefined || watched === String(terminal.pid);
    return new ServiceManager(
      (state) => launch("systemd-notify", state, { ...terminal.env, NOTIFY_SOCKET: socket }),
      isMine && usec > 0 ? usec / 1000 : undefined,
      warn,
    );
  }

  private constructor(
    send: (state: readonly string[]) => Promise<void>,
    watchdogMs: number | undefined,
    warn: (text: string) => void,
  ) {
    this.#send = send;
    this.#watchdogMs = watchdogMs;
    this.#warn = warn;
  }

  hear(event: WorkerEvent): void {
    this.#work.hear(event);
    if (event.type === "started") this.#begin();
    if (event.type === "stopping") this.#tell("STOPPING", "1");
    // A worker that ends by itself was not told to stop.
    if (event.type === "stopped" && !this.#work.stopping) this.#tell("STOPPING", "1");
  }

  /** Tells no more, once everything that is to be told has been tried. */
  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await this.#sending;
  }

  #begin(): void {
    this.#tell("READY", "1");
    this.#every(STATUS_MS, () => {
      if (this.#work.status !== this.#status) this.#tellAll();
    });
    if (this.#watchdogMs === undefined) return;
    this.#every(this.#watchdogMs / WATCHDOG_SHARE, () => this.#tell("WATCHDOG", "1"));
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
        this.#status = this.#work.status;
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

/** What a worker does and has done, counted from its events. */
class Work {
  stopping = false;
  readonly #running = new Set<string>();
  #done = 0;
  #failed = 0;

  hear(event: WorkerEvent): void {
    if (event.type === "stopping") this.stopping = true;
    if (event.type === "begun") this.#running.add(event.id);
    if (event.type !== "ended" && event.type !== "released" && event.type !== "stale") return;
    this.#running.delete(event.id);
    if (event.type !== "ended") return;
    if (event.outcome === "completed") this.#done += 1;
    else this.#failed += 1;
  }

  /** In a few words, for `systemctl status`. */
  get status(): string {
    const parts = [`${this.#running.size} running`, `${this.#done} done`];
    if (this.#failed > 0) parts.push(`${this.#failed} failed`);
    if (this.stopping) parts.unshift("stopping");
    return parts.join(", ");
  }
}
