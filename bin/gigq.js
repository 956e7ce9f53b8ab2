#!/usr/bin/env node
const [major] = process.versions.node.split(".");
if (Number(major) < 20) {
  process.stderr.write(
    `gigq: Node ${process.versions.node} is too old\nInstall Node 20 or later\n`,
  );
  process.exit(1);
}
try {
  const [{ run }, { exitWhenWritten, systemTerminal }] = await Promise.all([
    import("../dist/src/cli/run.js"),
    import("../dist/src/cli/terminal.js"),
  ]);
  await exitWhenWritten(await run(process.argv.slice(2), systemTerminal()));
} catch (error) {
  // All else that goes wrong, `run` says itself.
  if (error.code !== "EMFILE" && error.code !== "ENFILE") throw error;
  process.stderr.write(
    `gigq: the system refused: ${error.message}\nRaise the limit on open files (ulimit -n), or close other programs, and try again\n`,
  );
  process.exit(75);
}
