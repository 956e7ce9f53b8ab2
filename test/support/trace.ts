import { readFileSync } from "node:fs";
import type { TestContext } from "node:test";
import { eventually } from "./eventually.js";
import { temporaryFolder } from "./temporary-folder.js";

/** A file to which jobs append a line for what they do, whatever runs them. */
export class Trace {
  readonly path: string;

  constructor(t: TestContext) {
    this.path = `${temporaryFolder(t)}/trace`;
  }

  lines(): string[] {
    try {
      return readFileSync(this.path, "utf8").split("\n").slice(0, -1);
    } catch {
      return [];
    }
  }

  /** Resolves with the first line that starts so. */
  async line(start: string): Promise<string> {
    return eventually(`a line "${start}" from a job`, () =>
      this.lines().find((line) => line.startsWith(start)),
    );
  }
}
