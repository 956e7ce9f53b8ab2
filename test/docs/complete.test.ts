import assert from "node:assert/strict";
import { test } from "node:test";
import { EXIT_CODES } from "../../src/cli/exit-codes.js";
import { readPage } from "./pages.js";
import { readApi } from "./read-api.js";

const api = readApi();

/** Pages that tell about all that these have: members, or the names in a union. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  "docs/jobs.md": ["JobOptions", "JobContext", "TaskOptions", "TaskMethods"],
  "docs/queue.md": [
    "JobQueue",
    "JobQueueOptions",
    "ListOptions",
    "WaitOptions",
    "ReadLogsOptions",
    "CancelOptions",
  ],
  "docs/workers.md": ["Worker", "WorkerOptions", "WorkerEvent", "Isolation"],
  "docs/workflows.md": ["Workflow", "StepOptions", "OnParentFailure"],
  "docs/errors-and-retries.md": ["ErrorCode", "Backoff", "AttemptStatus"],
};

for (const [path, names] of Object.entries(TOLD)) {
  void test(`${path} leaves out nothing of ${names.join(", ")}`, () => {
    const words = new Set(
      [...readPage(path).text.matchAll(/^```[\s\S]*?^```|`[^`]*`/gm)].flatMap(
        ([code]) => code.match(/\w[\w-]*/g) ?? [],
      ),
    );
    const missing = names.flatMap((name) =>
      partsOf(name)
        .filter((part) => !words.has(part))
        .map((part) => `${name}.${part}`),
    );
    assert.deepEqual(missing, []);
  });
}

void test("the table of errors has the exit code of each", () => {
  const { text } = readPage("docs/errors-and-retries.md");
  const table = text.slice(text.indexOf("## Errors of the library"));
  const rows = [...table.matchAll(/^\| `([\w-]+)` \| (\d+) \|/gm)];
  const told = rows.map(([, code, exit]) => [code!, Number(exit)] as const);
  assert.deepEqual(Object.fromEntries(told), EXIT_CODES);
});

/** Members, but for the constructor; of a union of texts or of events, what tells them apart. */
function partsOf(name: string): string[] {
  const declaration = api.find((one) => one.name === name);
  assert.ok(declaration, `there is no ${name}`);
  if (declaration.kind !== "type") {
    return declaration.members.map((member) => member.name).filter((one) => one !== "constructor");
  }
  const code = declaration.signatures.join("\n").replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const types = [...code.matchAll(/\btype: "([^"]+)"/g)];
  const texts = types.length > 0 ? types : [...code.matchAll(/"([^"]+)"/g)];
  return texts.map(([, text]) => text!);
}
