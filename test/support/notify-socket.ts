import { spawn, spawnSync } from "node:child_process";
import type { TestContext } from "node:test";
import { collect, said } from "./gigq.js";
import { fixture } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Why nothing can be received here; false where it can. */
export const noNotifySocket: string | false =
  (spawnSync("systemd-notify", ["--version"]).status !== 0 && "it needs systemd-notify") ||
  (spawnSync("python3", ["--version"]).status !== 0 && "it needs python3, for unix datagrams");

/** A socket as systemd has one, and what was received on it. */
export interface NotifySocket {
  readonly path: string;
  /** Each message, its variables in the order in which they were sent. */
  messages(): string[][];
  /** How often a variable was set so. */
  count(assignment: string): number;
}

/** Opens a socket that is closed when the test is over. */
export async function openNotifySocket(t: TestContext): Promise<NotifySocket> {
  const path = `${temporaryFolder(t)}/notify`;
  const receiver = spawn("python3", [fixture("cli/receiver.py"), path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => receiver.kill("SIGKILL"));
  const stdout = collect(receiver.stdout);
  await said(receiver.stdout, /^ready\n/);
  // systemd-notify asks each time whether its message was taken.
  const messages = () =>
    stdout()
      .split("\n")
      .slice(1, -1)
      .map((line) => (JSON.parse(line) as string).split("\n"))
      .filter(([first]) => first !== "BARRIER=1");
  return {
    path,
    messages,
    count: (assignment) => messages().filter((message) => message.includes(assignment)).length,
  };
}
