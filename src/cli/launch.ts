import { type ChildProcess, spawn } from "node:child_process";

/** A program that takes longer than this is killed. */
const PATIENCE_MS = 10_000;

/** Of what a program complains about, this much is repeated. */
const MOST_COMPLAINT = 300;

/**
 * Runs another program to its end. Rejects, with the reason as its message, when it cannot be
 * started or does not exit with 0.
 */
export function launch(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: PATIENCE_MS,
      killSignal: "SIGKILL",
    });
    const complaint = listen(child);
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error(`there is no ${program} on the PATH`) : error),
    );
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(complaint() || `${program} ended with ${signal ?? code}`));
    });
  });
}

/** Gathers the first of what a program writes to stderr. */
function listen(child: ChildProcess): () => string {
  let text = "";
  // Without files left there is no pipe, whatever the types say.
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(0, MOST_COMPLAINT);
  });
  return () => text.trim();
}
