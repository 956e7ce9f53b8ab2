import { type ChildProcess, spawn } from "node:child_process";
import { TAG } from "./remains.js";

/**
 * Reads lines from its worker, each the process groups that there are now. When no more can come,
 * the worker is dead: kills the groups of the last line. Where /proc can tell, only those whose
 * first process is one of the worker's children still: numbers of processes are used again.
 */
const SCRIPT = `
trap '' HUP INT TERM
groups=
while read -r line; do groups=$line; done
for group in $groups; do
  if [ ! -r /proc/self/environ ] || grep -q "$0" "/proc/$group/environ" 2>/dev/null; then
    kill -s KILL -- "-$group" 2>/dev/null
  fi
done
`;

/**
 * A shell that outlives the worker, and ends its children when it dies without having done so. A
 * child does that itself, unless its job blocks it. Where there is no shell, nobody does: whoever
 * settles the attempts of a dead worker ends its children first.
 */
export class Guardian {
  readonly #tag: string;
  readonly #groups = new Set<number>();
  #shell: ChildProcess | undefined;

  /** `tag` is how the tags of the worker's children begin. */
  constructor(tag: string) {
    this.#tag = tag;
  }

  watch(pid: number): void {
    this.#groups.add(pid);
    this.#shell ??= this.#start();
    this.#tell();
  }

  /** With nobody left to watch over, the shell goes too. */
  unwatch(pid: number): void {
    if (!this.#groups.delete(pid)) return;
    this.#tell();
    if (this.#groups.size > 0) return;
    this.#shell?.stdin?.end();
    this.#shell = undefined;
  }

  /** Away from the worker's group, and from its folder, which may be unmounted one day. */
  #start(): ChildProcess | undefined {
    let shell: ChildProcess;
    try {
      shell = spawn("sh", ["-c", SCRIPT, `${TAG}=${this.#tag}`], {
        cwd: "/",
        detached: true,
        stdio: ["pipe", "ignore", "ignore"],
      });
    } catch {
      // Out of files or processes: the next child is a new occasion.
      return undefined;
    }
    const forget = () => {
      if (this.#shell === shell) this.#shell = undefined;
    };
    shell.once("error", forget);
    shell.once("exit", forget);
    shell.stdin?.on("error", () => {});
    shell.unref();
    return shell;
  }

  #tell(): void {
    this.#shell?.stdin?.write(`${[...this.#groups].join(" ")}\n`);
  }
}
