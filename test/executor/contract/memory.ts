import assert from "node:assert/strict";
import { test } from "node:test";
import { isAlive } from "../../support/alive.js";
import { attemptAt, Driver, errorOf, resultOf } from "../../support/attempts.js";
import { eventually } from "../../support/eventually.js";
import { Trace } from "../../support/trace.js";
import type { Promises } from "./promises.js";

const MIB = 2 ** 20;

/** Limits on memory, which only a process has for itself. */
export function memory({ isolation }: Promises): void {
  const skip =
    isolation !== "process"
      ? "its jobs share the worker's memory"
      : process.platform !== "linux" && "nothing tells how much a process takes";
  const maxRss = 256 * MIB;

  for (const name of ["grow", "growElsewhere"]) {
    test(`an attempt whose process grows past the limit is killed: ${name}`, {
      skip,
    }, async (t) => {
      const driver = await Driver.open(t, isolation, { maxRss });
      const trace = new Trace(t);
      const attempts = [
        attemptAt(`leaks.mjs#${name}`, { trace: trace.path }),
        attemptAt("steps.mjs#quick", { trace: trace.path, name: "behind" }),
      ];
      driver.dispatch(attempts);
      const pid = Number((await trace.line("")).split(" ")[1]);
      const error = errorOf((await driver.ended(attempts[0]!)).outcome);
      const said = /^its process grew to (\d+) MB, past the limit of 256 MB, and was killed$/;
      assert.match(error, said);
      assert.ok(Number(said.exec(error)![1]) > 256, error);
      assert.deepEqual((await driver.ended(attempts[1]!)).outcome, { type: "released" });
      await eventually("its end", () => !isAlive(pid));
      assert.equal(trace.lines().length, 1);
      const [outcome] = await driver.drain([attemptAt("answers.mjs#same", { value: "works" })]);
      assert.equal(resultOf(outcome!), "works");
    });
  }

  test("a child that has leaked is replaced, and what waits behind goes back untouched", {
    skip,
  }, async (t) => {
    const driver = await Driver.open(t, isolation, { maxRss });
    const trace = new Trace(t);
    const first = resultOf(await driver.run(attemptAt("leaks.mjs#leak", { megabytes: 1 })));
    const leak = attemptAt("leaks.mjs#leak", { megabytes: 128 });
    const behind = ["a", "b"].map((name) =>
      attemptAt("steps.mjs#quick", { trace: trace.path, name }),
    );
    driver.dispatch([leak, ...behind]);
    assert.equal(resultOf((await driver.ended(leak)).outcome), first);
    for (const attempt of behind) {
      assert.deepEqual((await driver.ended(attempt)).outcome, { type: "released" });
    }
    assert.deepEqual(trace.lines(), []);
    const [next] = await driver.drain([attemptAt("answers.mjs#whoAmI")]);
    assert.notEqual(resultOf(next!), first);
    assert.equal(isAlive(first as number), false);
  });

  test("a child that keeps within half of the limit stays", { skip }, async (t) => {
    const driver = await Driver.open(t, isolation, { maxRss: 1024 * MIB });
    const attempts = Array.from({ length: 5 }, () =>
      attemptAt("leaks.mjs#leak", { megabytes: 16 }),
    );
    const pids = (await driver.drain(attempts, 2)).map(resultOf);
    assert.equal(new Set(pids).size, 1);
  });
}
