import { run } from "../../src/cli/run.js";
import type { Output } from "../../src/cli/terminal.js";
import type { Ran } from "../support/gigq.js";

/**
 * Calls the command line in this process, piped and without an environment. For tables of wrong
 * calls, where a process for each would take minutes; the real binary is tried beside them.
 */
export async function call(words: readonly string[], cwd: string): Promise<Ran> {
  const [stdout, stderr] = [new Pipe(), new Pipe()];
  const status = await run(words, {
    stdout,
    stderr,
    cwd,
    env: {},
    now: () => Date.now(),
    readStdin: async () => "",
    stdin: async function* () {},
    takeEnv: () => undefined,
    pid: 0,
    program: ["/usr/bin/node", "/usr/bin/gigq"],
    superior: undefined,
    userName: () => "app",
    onInterrupt: () => () => {},
  });
  return { status, stdout: stdout.text, stderr: stderr.text };
}

class Pipe implements Output {
  readonly isTerminal = false;
  readonly isClogged = false;
  readonly columns = 80;
  readonly stream: undefined;
  text = "";

  write(text: string): void {
    this.text += text;
  }
}
