import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { installedElsewhere } from "./support/installed-elsewhere.js";
import { PROJECT } from "./support/paths.js";

/** A project of a user, into which the packed package was installed. */
class UserProject {
  readonly folder: string;

  constructor(t: TestContext, files: Readonly<Record<string, string>>) {
    this.folder = installedElsewhere(t);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), text);
    }
  }

  node(...args: string[]): string {
    return execFileSync(process.execPath, args, { cwd: this.folder, encoding: "utf8" });
  }

  gigq(...args: string[]): string {
    return this.node("node_modules/gigq/bin/gigq.js", ...args);
  }

  /** What the compiler has to say; nothing when all is well. */
  tsc(config = "."): string {
    const tsc = join(PROJECT, "node_modules/.bin/tsc");
    return spawnSync(tsc, ["-p", config], { cwd: this.folder, encoding: "utf8" }).stdout;
  }
}

const MODULE = JSON.stringify({ type: "module" });
const COMMONJS = JSON.stringify({ type: "commonjs" });

/** A function that is a task, and one that is not. */
const JOBS_MJS = `
import { task } from "gigq";
export const shout = task(import.meta.url, ({ word }) => word.toUpperCase());
export function whisper({ word }) { return word.toLowerCase(); }
`;

const JOBS_CJS = `
const { task } = require("gigq");
exports.shout = task(__filename, ({ word }) => word.toUpperCase());
exports.whisper = ({ word }) => word.toLowerCase();
`;

/** Submits both, works on them, and prints the results. */
function main(load: string, address: string): string {
  return `
${load}
async function main() {
  const queue = new JobQueue("gigq.db");
  const flow = new Workflow("both");
  const first = flow.addTask(shout, { params: { word: "Hey" } });
  flow.addJob(new Job({ function: ${address}, params: { word: "Hey" } }), { dependsOn: first });
  const ids = await flow.submitAll(queue);
  const worker = new Worker("gigq.db", { until: "drain" });
  await worker.start();
  await worker.close();
  console.log((await Promise.all(ids.map((id) => queue.getResult(id)))).join(" "));
  await queue.close();
}
void main();
`;
}

const IMPORTED = 'import { Job, JobQueue, Worker, Workflow } from "gigq";';
const REQUIRED = 'const { Job, JobQueue, Worker, Workflow } = require("gigq");';

void test("a JavaScript project of ES modules uses it", (t) => {
  const project = new UserProject(t, {
    "package.json": MODULE,
    "jobs.js": JOBS_MJS,
    "main.js": main(`${IMPORTED}\nimport { shout } from "./jobs.js";`, '"./jobs.js#whisper"'),
  });
  assert.equal(project.node("main.js"), "HEY hey\n");
  assert.equal(project.gigq("run", "./jobs.js#shout", "-p", "word=Ho"), "HO\n");
});

void test("a JavaScript project of CommonJS modules uses it, with require", (t) => {
  const project = new UserProject(t, {
    "package.json": COMMONJS,
    "jobs.js": JOBS_CJS,
    "main.js": main(`${REQUIRED}\nconst { shout } = require("./jobs.js");`, '"./jobs.js#whisper"'),
  });
  assert.equal(project.node("main.js"), "HEY hey\n");
  assert.equal(project.gigq("run", "./jobs.js#shout", "-p", "word=Ho"), "HO\n");
});

const JOBS_TS = `
import { type JobContext, task } from "gigq";
export const shout = task(HERE, ({ word }: { word: string }, { attempt }: JobContext) =>
  attempt === 1 ? word.toUpperCase() : word);
export function whisper({ word }: { word: string }): string { return word.toLowerCase(); }
`;

/** How projects in TypeScript are set up, and what their compiler then makes of imports. */
const SETUPS: readonly [what: string, type: string, options: object][] = [
  ["ES modules", MODULE, { module: "nodenext" }],
  ["CommonJS modules", COMMONJS, { module: "nodenext" }],
  [
    "ES modules, with the resolution of bundlers",
    MODULE,
    { module: "esnext", moduleResolution: "bundler" },
  ],
];

for (const [what, type, options] of SETUPS) {
  void test(`a TypeScript project of ${what} compiles against it, and uses it`, (t) => {
    const here = type === MODULE ? "import.meta.url" : "__filename";
    const compilerOptions = {
      ...options,
      target: "es2022",
      strict: true,
      exactOptionalPropertyTypes: true,
      outDir: "out",
      rootDir: "src",
      types: ["node"],
      typeRoots: [join(PROJECT, "node_modules/@types")],
    };
    const project = new UserProject(t, {
      "package.json": type,
      "tsconfig.json": JSON.stringify({ compilerOptions, include: ["src"] }),
      "src/jobs.ts": JOBS_TS.replace("HERE", here),
      "src/main.ts": main(
        `${IMPORTED}\nimport { shout } from "./jobs.js";`,
        '"./src/jobs.ts#whisper"',
      ),
    });
    assert.equal(project.tsc(), "");
    assert.equal(project.node("out/main.js"), "HEY hey\n");
    // The compiled job, and its source, as it stands.
    assert.equal(project.gigq("run", "./out/jobs.js#shout", "-p", "word=Ho"), "HO\n");
    assert.equal(project.gigq("run", "./src/jobs.ts#shout", "-p", "word=Ho"), "HO\n");
  });
}

void test("a TypeScript library may publish its tasks, and what it makes of them", (t) => {
  const compilerOptions = {
    module: "nodenext",
    strict: true,
    declaration: true,
    types: ["node"],
    typeRoots: [join(PROJECT, "node_modules/@types")],
  };
  const project = new UserProject(t, {
    "package.json": MODULE,
    "tsconfig.json": JSON.stringify({
      compilerOptions: { ...compilerOptions, outDir: "out" },
      exclude: ["annotated.ts"],
    }),
    "annotated.json": JSON.stringify({
      compilerOptions: { ...compilerOptions, outDir: "out", isolatedDeclarations: true },
      files: ["annotated.ts"],
    }),
    "library.ts": `
      import { type JobQueue, type Task, task, Workflow } from "gigq";
      export const resize = task(import.meta.url, ({ file }: { file: string }) => ({ file, at: new Date() }));
      export const submit = resize.submit;
      export const flow = new Workflow("all");
      export const add = flow.addTask.bind(flow);
      export const resultOf = async <T>(queue: JobQueue, any: Task<() => T>) =>
        queue.getResult(await any.submit(queue));`,
    "annotated.ts": `
      import { type Task, task } from "gigq";
      export const count: Task<(params: { words: string[] }) => number> =
        task(import.meta.url, ({ words }) => words.length);`,
  });
  assert.equal(project.tsc(), "");
  assert.equal(project.tsc("annotated.json"), "");
});

void test("a TypeScript project is told where it uses it wrongly", (t) => {
  const project = new UserProject(t, {
    "package.json": MODULE,
    "tsconfig.json": JSON.stringify({
      compilerOptions: { module: "nodenext", strict: true, noEmit: true, types: [] },
    }),
    "wrong.ts": `
      import { JobQueue, task } from "gigq";
      const resize = task(import.meta.url, ({ file }: { file: string }) => file);
      void resize.submit(new JobQueue("gigq.db"), { fil: "a.png" });`,
  });
  assert.match(project.tsc(), /wrong\.ts\(4,53\): error TS\d+: .*'fil' does not exist/);
});
