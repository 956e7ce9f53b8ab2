import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import type { Task } from "../../src/index.js";
import { PROJECT } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Tasks of a module of their own. */
export async function taskModule(
  t: TestContext,
  source: string,
): Promise<{ file: string; tasks: Readonly<Record<string, Task>> }> {
  const file = join(temporaryFolder(t), "tasks.mjs");
  const index = pathToFileURL(join(PROJECT, "dist/src/index.js")).href;
  writeFileSync(file, `import { task } from ${JSON.stringify(index)};\n${source}\n`);
  return { file, tasks: await import(pathToFileURL(file).href) };
}
