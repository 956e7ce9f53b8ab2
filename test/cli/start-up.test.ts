import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Desk } from "./desk.js";

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

/** The modules of gigq that a call has loaded, as seen from `src`; Node writes them down. */
async function loadedBy(desk: Desk, line: string): Promise<string[]> {
  const folder = desk.path(`coverage-${line.split(" ")[0]}`);
  const ran = await desk.gigq(line, { env: { NODE_V8_COVERAGE: folder } });
  assert.equal(ran.status, 0, ran.stderr);
  const [file] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as Coverage;
  return result.flatMap(({ url }) => url.match(/(?<=\/dist\/src\/).*/)?.[0] ?? []);
}

void test("a call that only puts a job in, or asks, loads nothing that works on jobs", async (t) => {
  const desk = new Desk(t);
  for (const line of ["submit ./jobs.mjs#greet", "status 1", "stats"]) {
    const loaded = await loadedBy(desk, line);
    assert.ok(loaded.includes("storage/sqlite/sqlite-storage.js"));
    const needless = loaded.filter((name) =>
      /^(index\.js|worker|executor|queue\/(task|workflow))|sqlite\/(worker-side|claims)/.test(name),
    );
    assert.deepEqual(needless, [], line);
  }
});
