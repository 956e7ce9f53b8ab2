import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { attemptOf, errorOf, resultOf, sharedDriver } from "../support/attempts.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { writeFiles } from "../support/write-files.js";

const ESM = `
  export function add({ a, b }) { return a + b; }
  export const addLater = async ({ a, b }) => { await null; return a + b; };
  export default ({ a, b }) => a + b;
`;
const CJS = `
  exports.add = function add({ a, b }) { return a + b; };
  exports.addLater = async ({ a, b }) => { await null; return a + b; };
  exports.default = ({ a, b }) => a + b;
`;
const CJS_AT_ONCE = `
  const add = ({ a, b }) => a + b;
  module.exports = { add, addLater: async (sum) => add(sum), default: add };
`;

const KINDS: readonly [file: string, type: string | undefined, source: string][] = [
  ["jobs.mjs", undefined, ESM],
  ["jobs.cjs", "module", CJS],
  ["jobs.cjs", "commonjs", CJS_AT_ONCE],
  ["jobs.js", "module", ESM],
  ["jobs.js", "commonjs", CJS],
  ["jobs.js", undefined, CJS_AT_ONCE],
  ["jobs.ts", "module", ESM],
  ["jobs.ts", "commonjs", ESM],
  ["jobs.ts", undefined, ESM],
  ["jobs.mts", "commonjs", ESM],
  ["jobs.cts", "module", CJS],
];

const FOLDERS = ["with space", "größe-日本", "50%25", "what?", "a#b", "c++ & 'd' [e] {f} $g"];

void describe("load-function", () => {
  const driver = sharedDriver("process");
  const run = (address: string, params: object = {}) => driver().run(attemptOf(address, params));

  for (const [file, type, source] of KINDS) {
    test(`${file} in a package of type ${type ?? "unsaid"} gives named and default exports`, async (t) => {
      const folder = temporaryFolder(t);
      writeFiles(folder, { "package.json": type === undefined ? {} : { type }, [file]: source });
      for (const name of ["add", "addLater", "default"]) {
        const outcome = await run(`${folder}/${file}#${name}`, { a: 1, b: 2 });
        assert.equal(resultOf(outcome), 3, name);
      }
    });
  }

  for (const name of FOLDERS) {
    test(`a folder may be called ${name}`, async (t) => {
      const folder = `${temporaryFolder(t)}/${name}`;
      writeFiles(folder, {
        "jobs.mjs": 'export { where } from "./more.mjs";',
        "more.mjs": "export const where = () => import.meta.url;",
        "jobs.ts": 'export { where } from "./more.ts";',
        "more.ts": "export const where = (): string => import.meta.url;",
        "jobs.cjs": 'exports.where = () => require("node:url").pathToFileURL(__filename).href;',
      });
      const href = pathToFileURL(folder).href;
      for (const [ending, file] of [
        ["mjs", "more.mjs"],
        ["ts", "more.ts"],
        ["cjs", "jobs.cjs"],
      ]) {
        assert.equal(resultOf(await run(`${folder}/jobs.${ending}#where`)), `${href}/${file}`);
        assert.equal(resultOf(await run(`${href}/jobs.${ending}#where`)), `${href}/${file}`);
      }
    });
  }

  test("a module is loaded once for all its functions", async (t) => {
    const folder = temporaryFolder(t);
    const source =
      "let calls = 0; export const one = () => ++calls; export const two = () => ++calls;";
    for (const file of ["jobs.mjs", "jobs.ts"]) {
      writeFiles(folder, { [file]: source });
      assert.equal(resultOf(await run(`${folder}/${file}#one`)), 1);
      assert.equal(resultOf(await run(`${folder}/${file}#two`)), 2);
      assert.equal(resultOf(await run(`${folder}/${file}#one`)), 3);
    }
  });

  for (const file of ["jobs.mjs", "jobs.mts", "jobs.ts"]) {
    test(`a module may await at its top level: ${file}`, async (t) => {
      const folder = temporaryFolder(t);
      writeFiles(folder, {
        [file]: `
          import { setTimeout as sleep } from "node:timers/promises";
          const told = await sleep(5, "told");
          export const tell = () => told;
        `,
      });
      assert.equal(resultOf(await run(`${folder}/${file}#tell`)), "told");
    });
  }

  test("a missing export is an error that lists those there are, and guesses", async (t) => {
    const folder = temporaryFolder(t);
    for (const [file, source] of [
      ["jobs.mjs", ESM],
      ["jobs.cjs", CJS_AT_ONCE],
      ["jobs.ts", ESM],
    ] as const) {
      writeFiles(folder, {
        [file]: `${source}\n${file.endsWith("cjs") ? "" : "export const size = 3;"}`,
      });
      const error = errorOf(await run(`${folder}/${file}#addLatre`));
      assert.match(error, new RegExp(`/${file} has no export "addLatre"\\. It exports: `));
      assert.match(
        error.split("\n")[0]!,
        /exports: (?:add, addLater, default|addLater, add, default|default, add, addLater)\. Did you mean addLater\?$/,
      );
    }
  });

  test("a module that exports no function is told so", async (t) => {
    const folder = temporaryFolder(t);
    writeFiles(folder, { "jobs.mjs": "export const size = 3;" });
    assert.match(
      errorOf(await run(`${folder}/jobs.mjs#resize`)),
      /has no export "resize"\. It exports no function$/m,
    );
  });

  test("names that every object has are no exports", async (t) => {
    const folder = temporaryFolder(t);
    writeFiles(folder, { "jobs.cjs": CJS_AT_ONCE, "jobs.mjs": ESM });
    for (const file of ["jobs.cjs", "jobs.mjs"]) {
      for (const name of ["toString", "constructor", "__proto__"]) {
        assert.match(errorOf(await run(`${folder}/${file}#${name}`)), /has no export "/);
      }
    }
  });

  test("an export that is no function is told by its type", async (t) => {
    const folder = temporaryFolder(t);
    writeFiles(folder, {
      "jobs.mjs": "export const size = 3; export const none = null; export const list = [];",
    });
    assert.match(
      errorOf(await run(`${folder}/jobs.mjs#size`)),
      /the export "size" of .*jobs\.mjs is no function but a number$/m,
    );
    assert.match(errorOf(await run(`${folder}/jobs.mjs#none`)), /is no function but null$/m);
    assert.match(errorOf(await run(`${folder}/jobs.mjs#list`)), /is no function but an object$/m);
  });

  test("frames in folders that are called like gigq's own are the user's", async (t) => {
    const folder = `${temporaryFolder(t)}/dist/src/executor/child/jiti`;
    const source = "export const fail = () => {\n  throw new Error('mine');\n};";
    writeFiles(folder, { "jobs.mjs": source, "jobs.ts": source });
    for (const file of ["jobs.mjs", "jobs.ts"]) {
      const error = errorOf(await run(`${folder}/${file}#fail`));
      assert.match(error, new RegExp(`^Error: mine\n.*child/jiti/${file}:2:\\d+\\)$`));
    }
  });

  test("a module that is not there is told by its path", async (t) => {
    const folder = temporaryFolder(t);
    for (const file of ["jobs.mjs", "jobs.ts", "jobs.cjs"]) {
      const error = errorOf(await run(`${folder}/${file}#add`));
      assert.equal(
        error,
        `Error: there is no module at ${folder}/${file}\n    while loading ${folder}/${file}`,
      );
    }
  });
});

void describe("load-function: modules that do not load", () => {
  const driver = sharedDriver("process");

  for (const file of ["jobs.mjs", "jobs.ts", "jobs.cjs"]) {
    const exporting = (source: string) =>
      file === "jobs.cjs" ? `exports.one = ${source}` : `export const one = ${source}`;
    const attempt = (folder: string) => attemptOf(`${folder}/${file}#one`);

    test(`a syntax error is told with its file: ${file}`, async (t) => {
      const folder = temporaryFolder(t);
      writeFiles(folder, { [file]: `const fine = 1;\n${exporting("() => {{ 1;")}` });
      const error = errorOf(await driver().run(attempt(folder)));
      assert.match(error, /^SyntaxError: |^Error: ParseError: /);
      assert.ok(error.includes(`${folder}/${file}`), error);
    });

    test(`what a module throws is the error of the attempt: ${file}`, async (t) => {
      const folder = temporaryFolder(t);
      writeFiles(folder, {
        [file]: `\nthrow new RangeError("no DATABASE_URL");\n${exporting("1")}`,
      });
      const error = errorOf(await driver().run(attempt(folder)));
      assert.match(error, /^RangeError: no DATABASE_URL\n/);
      assert.match(error, new RegExp(`${file}:2:\\d+`));
      assert.doesNotMatch(error, /node_modules\/jiti|executor\/child/);
    });

    test(`a module that is mended loads with the next attempt: ${file}`, async (t) => {
      // What was never parsed, what did not finish, and what lacks the export.
      const reasons = file === "jobs.mjs" ? ["((", "throw 1;", "let x;"] : ["throw 1;"];
      for (const broken of reasons) {
        const folder = temporaryFolder(t);
        writeFiles(folder, { [file]: broken });
        errorOf(await driver().run(attempt(folder)));
        writeFiles(folder, { [file]: exporting("() => 'mended'") });
        assert.equal(resultOf(await driver().run(attempt(folder))), "mended");
      }
    });
  }
});
