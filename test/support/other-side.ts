import { spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker as Thread } from "node:worker_threads";
import { Mark } from "../../src/executor/mark.js";

const BEGIN_FAST = new URL("./begin-fast.js", import.meta.url);

/** A mark whose other side begins as fast as it can, from `go()` until it is refused. */
export interface OtherSide {
  readonly mark: Mark;
  /** Resolves with the last attempt that was begun. */
  go(): Promise<number>;
}

export function otherProcess(t: TestContext, mode = "begin"): OtherSide {
  const mark = Mark.create();
  const child = spawn(process.execPath, [fileURLToPath(BEGIN_FAST), mode], {
    stdio: ["pipe", "pipe", "inherit", mark.fd],
  });
  const exited = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await exited;
    mark.close();
  });
  const { stdin, stdout } = child;
  stdout!.setEncoding("utf8");
  return {
    mark,
    go: async () => {
      stdin!.write("go\n");
      const [line] = await once(stdout!, "data");
      return Number(line);
    },
  };
}

export function otherThread(t: TestContext): OtherSide {
  const mark = Mark.create();
  const thread = new Thread(BEGIN_FAST, { workerData: mark.fd });
  t.after(async () => {
    await thread.terminate();
    mark.close();
  });
  return {
    mark,
    go: async () => {
      thread.postMessage("go");
      const [last] = await once(thread, "message");
      return last as number;
    },
  };
}
