import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Ran } from "../support/gigq.js";
import { GIGQ, PROJECT } from "../support/paths.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const JITI = join(PROJECT, "node_modules/jiti/lib/jiti-cli.mjs");

/** Packages besides gigq that pages import. */
const PACKAGES: readonly string[] = ["zod", "@types"];

/** The folder of somebody who follows a page: gigq is installed, and the examples are in jobs.ts. */
export class Reader {
  readonly folder: string;

  constructor(t: TestContext) {
    this.folder = temporaryFolder(t);
    copyFileSync(join(PROJECT, "jobs.example.ts"), join(this.folder, "jobs.ts"));
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }\n');
    mkdirSync(join(this.folder, "bin"));
    symlinkSync(GIGQ, join(this.folder, "bin", "gigq"));
    mkdirSync(join(this.folder, "node_modules"));
    symlinkSync(PROJECT, join(this.folder, "node_modules", "gigq"));
    for (const name of PACKAGES) {
      symlinkSync(join(PROJECT, "node_modules", name), join(this.folder, "node_modules", name));
    }
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** A line of shell, with `gigq` on the path; stderr goes where stdout goes. */
  shell(command: string): Ran {
    return this.#run("sh", ["-c", `exec 2>&1; ${command}`]);
  }

  /** A program, TypeScript or not. */
  program(file: string): Ran {
    return this.#run(process.execPath, [...(file.endsWith(".ts") ? [JITI] : []), file]);
  }

  #run(command: string, args: readonly string[]): Ran {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${this.folder}/bin:${process.env.PATH}`, GIGQ_DB: "" },
    });
    return { status, stdout, stderr };
  }
}
