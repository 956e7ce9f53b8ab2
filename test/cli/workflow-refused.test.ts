import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Desk, refuses, says } from "./desk.js";

const HINT =
  "For example: steps: { fetch: { function: ./jobs.ts#fetch }, report: { function: ./jobs.ts#report, dependsOn: fetch } }";

/** Nine lists of nine lists of nine lists. */
const BOMB = `a: &a [${"x,".repeat(9)}]
b: &b [${"*a,".repeat(9)}]
c: &c [${"*b,".repeat(9)}]
steps: *c`;

const WRONG: readonly [what: string, text: string, message: string | RegExp, hint?: string][] = [
  [
    "what is neither JSON nor YAML",
    "steps: [",
    /^f\.yaml is neither JSON nor YAML: .* at line 1, column 9$/,
    HINT,
  ],
  ["a list", "[1, 2]", "f.yaml holds no workflow", HINT],
  ["an empty file", "", "f.yaml holds no workflow", HINT],
  [
    "a workflow without steps",
    "name: x",
    "the workflow has no steps",
    HINT.replace("For example", "Name them, as in"),
  ],
  [
    "a word that a workflow does not have",
    "stesp: {}",
    'a workflow has no "stesp"',
    "It has: name, steps",
  ],
  [
    "a step that says nothing",
    "steps: { a: }",
    "step a says nothing",
    "Give it a function: function: ./jobs.ts#resize",
  ],
  ["a step without a function", "steps: { a: { name: b } }", "step a: it names no function"],
  [
    "a misspelt option",
    "steps: { a: { function: ./jobs.mjs#greet, timeuot: 3 } }",
    'step a: a job has no option "timeuot"',
  ],
  [
    "the library's word for parents",
    "steps: { a: { function: ./jobs.mjs#greet, dependencies: [] } }",
    'step a: a step has no "dependencies"',
  ],
  [
    "a duration that is none",
    "steps: { a: { function: ./jobs.mjs#greet, timeout: soon } }",
    'step a: "soon" is no duration',
  ],
  [
    "a module that is not there",
    "steps: { a: { function: ./nothing.mjs#greet } }",
    "step a: there is no module at ./nothing.mjs",
  ],
  [
    "a parent that is no step",
    "steps: { a: { function: ./jobs.mjs#greet }, b: { function: ./jobs.mjs#greet, dependsOn: c } }",
    'step b: it depends on "c", and there is no such step',
    "The steps are: a, b",
  ],
  [
    "a step that stands twice in JSON",
    '{ "steps": {\n "a": { "function": "./jobs.mjs#greet" },\n "a": { "function": "./jobs.mjs#fail" } } }',
    'f.yaml has "a" twice in one place, the second time on line 3',
    "Give each a name of its own",
  ],
  [
    "a step that stands twice in YAML",
    "steps:\n  a: { function: ./jobs.mjs#greet }\n  a: { function: ./jobs.mjs#fail }\n",
    'f.yaml has "a" twice in one place, the second time on line 3',
  ],
  [
    "more than one document",
    "steps: { a: { function: ./jobs.mjs#greet } }\n---\nsteps: {}\n",
    "f.yaml holds several documents",
    "Give each workflow a file of its own",
  ],
  [
    "a tag that nobody knows",
    "steps: { a: !job { function: ./jobs.mjs#greet } }",
    /^f\.yaml is neither JSON nor YAML: Unresolved tag: !job at line 1, column 13$/,
  ],
  ["aliases that blow up", BOMB, /^f\.yaml is neither JSON nor YAML: Excessive alias count/],
  ["a step without a name", 'steps: { "": { function: ./jobs.mjs#greet } }', "a step has no name"],
  [
    "a delay without end",
    "steps: { a: { function: ./jobs.mjs#greet, delay: 1.0e+300 } }",
    "step a: delay is 1e+300",
    "Give seconds, or a duration such as 10m or 7d; at most ten years",
  ],
  [
    "a delay into the past",
    "steps: { a: { function: ./jobs.mjs#greet, delay: -5 } }",
    "step a: delay is -5",
  ],
  [
    "a parent that is no name",
    "steps: { a: { function: ./jobs.mjs#greet, dependsOn: [{ b: c }] } }",
    'step a: it depends on {"b":"c"}',
    "Write names of steps, or ids",
  ],
  [
    "a cycle",
    "steps: { a: { function: ./jobs.mjs#greet, dependsOn: b }, b: { function: ./jobs.mjs#greet, dependsOn: a } }",
    "jobs wait for each other: a → b → a",
    "Take one of these dependencies away",
  ],
  [
    "a step that depends on itself",
    "steps: { a: { function: ./jobs.mjs#greet, dependsOn: a } }",
    "jobs wait for each other: a → a",
  ],
];

for (const [what, text, message, hint] of WRONG) {
  void test(`${what} is refused with what is wrong, and nothing is created`, async (t) => {
    const desk = new Desk(t);
    writeFileSync(desk.path("f.yaml"), text);
    for (const flag of ["", " --dry-run"]) {
      const { status, stdout, stderr } = await desk.gigq(`workflow submit f.yaml${flag}`);
      const [said, next] = stderr.split("\n");
      assert.deepEqual([status, stdout], [2, ""]);
      if (typeof message === "string") assert.equal(said, `gigq: ${message}`);
      else assert.match(said!.replace("gigq: ", ""), message);
      if (hint !== undefined) assert.equal(next, hint);
    }
    assert.equal(existsSync(desk.db), false);
  });
}

void test("a call without an action, a file, or with too much is refused", async (t) => {
  const desk = new Desk(t);
  const named = "Name a file, as in: gigq workflow submit nightly.yaml";
  assert.deepEqual(await desk.gigq("workflow submit"), refuses(2, "no workflow is named", named));
  assert.deepEqual(
    await desk.gigq("workflow run x"),
    refuses(2, 'there is no "gigq workflow run"', "There is: gigq workflow submit FILE"),
  );
  assert.deepEqual(
    await desk.gigq("workflow submit a b"),
    refuses(2, 'too many arguments: "b"', "A call submits one file"),
  );
  assert.equal((await desk.gigq("workflow")).status, 2);
  assert.deepEqual(
    await desk.gigq("workflow submit nothing.yaml"),
    says({
      status: 2,
      stderr: `gigq: workflow: nothing.yaml cannot be read: there is no such file\nPaths are relative to where you stand (${desk.folder})\n`,
    }),
  );
});
