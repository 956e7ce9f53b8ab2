import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { attemptOf, errorOf, resultOf, sharedDriver } from "../support/attempts.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { writeFiles } from "../support/write-files.js";

/** What TypeScript has and JavaScript has not, as far as it leaves code behind. */
const JOBS = `
  import type { JobContext } from "gigq";
  import { type Colour, paint } from "./with-ts.ts";
  import { Shape } from "./with-js.js";
  import { twice } from "./without";
  import * as nested from "./nested/index.js";

  enum Size { small = 1, large = 10 }
  const enum Unit { pixel = "px" }
  namespace Geometry {
    export const area = (side: number): number => side * side;
    export namespace Deep { export const answer = 42; }
  }
  abstract class Base<T> {
    constructor(protected readonly value: T, private times = 2) {}
    get(): [T, number] { return [this.value, this.times]; }
  }
  class Concrete extends Base<string> { declare hidden: number; override get() { return super.get(); } }
  function over(a: number): number;
  function over(a: string): string;
  function over(a: any): any { return a; }

  export async function all({ colour }: { colour: Colour }, context: JobContext): Promise<unknown> {
    const satisfied = { a: 1 } satisfies Record<string, number>;
    return {
      attempt: context.attempt,
      painted: paint(colour),
      shape: Shape[Shape.round],
      size: Size.large + Size.small,
      sizeName: Size[10],
      unit: Unit.pixel,
      area: Geometry.area(3) + Geometry.Deep.answer,
      value: new Concrete("v").get(),
      twice: twice(over(satisfied.a as number)!),
      nested: nested.name,
    };
  }
`;

const FILES = {
  "jobs.ts": JOBS,
  "with-ts.ts":
    "export type Colour = 'red'; export const paint = (c: Colour): string => 'painted ' + c;",
  "with-js.ts": "export enum Shape { round, square }",
  "without.ts": "export function twice<T>(t: T): T[] { return [t, t]; }",
  "nested/index.ts": "export { name } from './name.js';",
  "nested/name.ts": "export const name: string = 'nested';",
};

void describe("load-function: TypeScript", () => {
  const driver = sharedDriver("process");

  for (const type of ["module", "commonjs"]) {
    for (const file of type === "module" ? ["jobs.ts", "jobs.mts"] : ["jobs.ts", "jobs.cts"]) {
      test(`enums, namespaces, parameter properties and imports work: ${file} in a ${type} package`, async (t) => {
        const folder = temporaryFolder(t);
        writeFiles(folder, { "package.json": { type }, ...FILES, [file]: JOBS });
        const attempt = attemptOf(`${folder}/${file}#all`, { colour: "red" });
        assert.deepEqual(resultOf(await driver().run(attempt)), {
          attempt: 1,
          painted: "painted red",
          shape: "round",
          size: 11,
          sizeName: "large",
          unit: "px",
          area: 51,
          value: ["v", 2],
          twice: [1, 1],
          nested: "nested",
        });
      });
    }
  }

  test("TypeScript imports JavaScript, JSON and packages", async (t) => {
    const folder = temporaryFolder(t);
    writeFiles(folder, {
      "jobs.ts": `
        import { esm } from "./esm.mjs";
        import cjs, { named } from "./cjs.cjs";
        import data from "./data.json";
        import { fromPackage } from "some-package";
        import { join } from "node:path";
        export const all = () => [esm, cjs.named, named, data.size, fromPackage, join("a", "b")];
      `,
      "esm.mjs": "export const esm = 'esm';",
      "cjs.cjs": "exports.named = 'cjs';",
      "data.json": { size: 3 },
      "node_modules/some-package/package.json": { type: "module", exports: "./main.js" },
      "node_modules/some-package/main.js": "export const fromPackage = 'package';",
    });
    const outcome = await driver().run(attemptOf(`${folder}/jobs.ts#all`));
    assert.deepEqual(resultOf(outcome), ["esm", "cjs", "cjs", 3, "package", "a/b"]);
  });

  test("an error in TypeScript is told with its place in the source", async (t) => {
    const folder = temporaryFolder(t);
    writeFiles(folder, {
      "jobs.ts": `
interface Row {
  readonly id: number;
}

enum Kind { a, b }

export function parse(row: Row): Kind {
  if (row.id === 1) throw new TypeError("bad header");
  return Kind.a;
}
`,
    });
    const error = errorOf(await driver().run(attemptOf(`${folder}/jobs.ts#parse`, { id: 1 })));
    const [headline, frame, ...rest] = error.split("\n");
    assert.equal(headline, "TypeError: bad header");
    assert.match(frame!, /at (Module\.)?parse \(.*\/jobs\.ts:9:\d+\)$/);
    assert.deepEqual(rest, []);
  });

  test("what is in no type check is no concern of the loader", async (t) => {
    const folder = temporaryFolder(t);
    writeFiles(folder, {
      "jobs.ts": "const n: number = 'text'; export const tell = (): Date => n;",
    });
    assert.equal(resultOf(await driver().run(attemptOf(`${folder}/jobs.ts#tell`))), "text");
  });
});
