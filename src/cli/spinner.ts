import type { Shell } from "./shell.js";

/** A sign of life on stderr while something takes its time. */
export interface Spinner {
  /** What it says; asked again and again, for clocks that run. */
  show(text: () => string): void;
  /** Writes lines above it. */
  above(write: () => void): void;
  stop(): void;
}

const NONE: Spinner = { show: () => {}, above: (write) => write(), stop: () => {} };

/** How often the text is asked for. */
const REFRESH_MS = 100;

/** On a terminal only; it is there once there is something to say, and leaves no trace. */
export async function openSpinner(shell: Shell): Promise<Spinner> {
  const { stream, isTerminal } = shell.terminal.stderr;
  if (!isTerminal || stream === undefined || shell.json) return NONE;
  // ora would look for the end of a line that is infinitely many lines high.
  if (stream.columns === 0) return NONE;
  const { default: ora } = await import("ora");
  const spinner = ora({ stream, isEnabled: true, discardStdin: false, color: "cyan" });
  let refresh: NodeJS.Timeout | undefined;
  let text = () => "";
  return {
    show: (next) => {
      text = next;
      spinner.text = text();
      if (refresh !== undefined) return;
      spinner.start();
      refresh = setInterval(() => {
        spinner.text = text();
      }, REFRESH_MS);
    },
    above: (write) => {
      if (spinner.isSpinning) spinner.clear();
      write();
      if (spinner.isSpinning) spinner.render();
    },
    stop: () => {
      clearInterval(refresh);
      // Stopped twice, or before it was there, it would still move the cursor.
      if (spinner.isSpinning) spinner.stop();
    },
  };
}
