import type { JobStatus } from "../../index.js";
import type { Output } from "../terminal.js";

type Paint = (text: string) => string;

/** Colours, or none. They carry no meaning that the words do not. */
export interface Theme {
  /** How wide a table may be; `undefined` for as wide as it wants. */
  readonly width: number | undefined;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly bad: Paint;
  readonly status: Readonly<Record<JobStatus, Paint>>;
}

const same: Paint = (text) => text;

export const PLAIN: Theme = {
  width: undefined,
  bold: same,
  dim: same,
  bad: same,
  status: {
    pending: same,
    running: same,
    completed: same,
    failed: same,
    cancelled: same,
    timeout: same,
  },
};

/** Colours on a terminal, unless NO_COLOR (no-color.org) or TERM=dumb speaks against it. */
export async function openTheme(
  output: Output,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Theme> {
  if (!output.isTerminal) return PLAIN;
  const width = Math.max(40, output.columns);
  if (env.NO_COLOR || env.TERM === "dumb") return { ...PLAIN, width };
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  return {
    width,
    bold: chalk.bold,
    dim: chalk.dim,
    bad: chalk.red,
    status: {
      pending: same,
      running: chalk.cyan,
      completed: chalk.green,
      failed: chalk.red,
      cancelled: chalk.dim,
      timeout: chalk.magenta,
    },
  };
}
