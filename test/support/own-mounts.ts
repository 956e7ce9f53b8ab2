import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { TestContext } from "node:test";
import type { Ran } from "./gigq.js";
import { GIGQ } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Why a test that mounts disks of its own is to be skipped; false where it can run. */
export const NO_MOUNTS: string | false =
  spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).status !== 0 &&
  "it needs a disk of its own, and this system does not let it mount one";

/** A shell with mounts that nobody else sees; it and all it has started end with the test. */
export class OwnMounts {
  /** The command line for use in scripts. */
  static readonly gigq: string = `"${process.execPath}" "${GIGQ}"`;
  readonly #shell: ChildProcessWithoutNullStreams;
  readonly #talk: string;
  readonly #lines: AsyncIterator<string>;

  constructor(t: TestContext, cwd: string) {
    this.#talk = temporaryFolder(t);
    // The shell is the first of its own processes: when it ends, so do all others.
    this.#shell = spawn("unshare", ["-rmpf", "--mount-proc", "--kill-child", "sh"], { cwd });
    this.#lines = lines(this.#shell.stdout);
    t.after(async () => {
      const closed = once(this.#shell, "close");
      this.#shell.kill("SIGKILL");
      await closed;
    });
  }

  /** Runs a script to its end. */
  async run(script: string): Promise<Ran> {
    const [out, err] = [`${this.#talk}/out`, `${this.#talk}/err`];
    this.#shell.stdin.write(`( ${script}\n) </dev/null >'${out}' 2>'${err}'; echo $?\n`);
    const { value } = await this.#lines.next();
    return {
      status: Number(value),
      stdout: readFileSync(out, "utf8"),
      stderr: readFileSync(err, "utf8"),
    };
  }

  /** Starts something that goes on, and writes what it says to a file; `$name` is its number. */
  async start(name: string, command: string, log: string): Promise<void> {
    this.#shell.stdin.write(`${command} </dev/null >'${log}' 2>&1 & ${name}=$!; echo 0\n`);
    await this.#lines.next();
  }
}

async function* lines(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of stream) {
    text += chunk;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}
