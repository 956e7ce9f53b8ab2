import { type ChildProcess, spawn } from "node:child_process";
import { TAG } from "./remains.js";

/**
 * Reads lines from its worker, each the process groups that there are now. When no more can come,
 * the worker is dead. Where /proc can tell, all that carries the worker's tag is killed, again until
 * nothing is found; elsewhere the groups of the last line.
 */
const SCRIPT = `
trap '' HUP INT TERM
groups=
while read -r line; do groups=$line; done
if [ ! -r /proc/self/environ ]; then
  for group in $groups; do kill -s KILL -- "-$group"; done
  exit
fi
[ -n "$groups" ] || exit
for round in 1 2 3 4 5 6 7 8 9 10; do
  found=
  for environ in $(grep -l "$0" /proc/[0-9]*/environ); do
    process=\${environ#/proc/}
    kill -s KILL "\${process%/environ}" && found=yes
  done
  [ -n "$found" ] || exit
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
    shell.once("error", () => this.#forget(shell));
    shell.once("exit", (_, signal) => {
      this.#forget(shell);
      if (signal === null || this.#groups.size === 0) return;
      // Somebody has killed it.
      this.#shell = this.#start();
      this.#tell();
    });
    shell.stdin?.on("error", () => {});
    shell.unref();
    return shell;
  }

  #forget(shell: ChildProcess): void {
    if (this.#shell === shell) this.#shell = undefined;
  }

  #tell(): void {
    this.#shell?.stdin?.write(`${[...this.#groups].join(" ")}\n`);
  }
}
