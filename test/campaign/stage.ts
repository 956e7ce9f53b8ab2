import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "../support/paths.js";
import type { Ground } from "./job-mix.js";
import { FOLDER, PLAYER } from "./processes.js";

/** Where a campaign takes place: a folder of its own, and the gigq that is put to the test. */
export class Stage {
  readonly folder: string;
  readonly db: string;
  readonly ground: Ground;
  /** The folder of gigq: `bin`, and `dist` beside it. */
  readonly product: string;

  constructor(product: string, long: boolean) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "gigq-campaign-")));
    mkdirSync(join(this.folder, "logs"));
    this.db = join(this.folder, "gigq.db");
    const trace = join(this.folder, "trace");
    this.ground = { module: fixture("campaign/jobs.mjs"), trace, long };
    this.product = product;
  }

  get meetingPlace(): string {
    return `${this.db}-workers`;
  }

  log(player: string): string {
    return join(this.folder, "logs", `${player}.log`);
  }

  /** Calls gigq. stderr goes to the log of the player, stdout to a pipe when it is wanted. */
  gigq(player: string, args: readonly string[], stdout: "pipe" | "ignore" = "pipe"): ChildProcess {
    return this.node(player, [join(this.product, "bin/gigq.js"), ...args], stdout);
  }

  node(player: string, args: readonly string[], stdout: "pipe" | "ignore" = "pipe"): ChildProcess {
    const log = openSync(this.log(player), "a");
    try {
      return spawn(process.execPath, args, {
        cwd: this.folder,
        stdio: ["ignore", stdout, log],
        env: {
          ...cleanEnvironment(),
          GIGQ_DB: this.db,
          [PLAYER]: player,
          [FOLDER]: this.folder,
        },
      });
    } finally {
      closeSync(log);
    }
  }
}

/** Without this machine's settings, and without what a test runner tells its children. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(GIGQ_|NODE_|CAMPAIGN_)/.test(name),
  );
  return Object.fromEntries(entries);
}
