import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptAt, Driver, resultOf } from "../../support/attempts.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { Trace } from "../../support/trace.js";
import type { Promises } from "./promises.js";

/** Slots: one at a time in each, side by side between them. */
export function order({ isolation }: Promises): void {
  test("attempts in a slot run one after the other, in the order they were sent", async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    const names = ["a", "b", "c", "d", "e"];
    await driver.drain(
      names.map((name) => attemptAt("steps.mjs#nap", { trace: trace.path, name, ms: 10 })),
      5,
    );
    assert.deepEqual(
      trace.lines(),
      names.flatMap((name) => [`begin ${name}`, `end ${name}`]),
    );
  });

  test("attempts in different slots run at the same time", async (t) => {
    const driver = await Driver.open(t, isolation, { slots: 2 });
    const [one, two] = ["one", "two"].map((name) => `${temporaryFolder(t)}/${name}`);
    const outcomes = await driver.drain([
      attemptAt("steps.mjs#meet", { mine: one, theirs: two }),
      attemptAt("steps.mjs#meet", { mine: two, theirs: one }),
    ]);
    assert.deepEqual(outcomes.map(resultOf), ["met", "met"]);
  });

  test("an attempt is told how long it ran", async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    const attempt = attemptAt("steps.mjs#nap", { trace: trace.path, name: "a", ms: 100 });
    driver.dispatch([attempt]);
    const { ms } = await driver.ended(attempt);
    assert.ok(ms >= 95 && ms < 30_000, `${ms}`);
  });

  test("what waits behind a slow attempt is given back before that ends", async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    const slow = attemptAt("steps.mjs#nap", { trace: trace.path, name: "slow", ms: 400 });
    const behind = ["a", "b"].map((name) =>
      attemptAt("steps.mjs#quick", { trace: trace.path, name }),
    );
    driver.dispatch([slow, ...behind]);
    assert.equal(resultOf((await driver.ended(slow)).outcome), "slow");
    assert.deepEqual(
      driver.endings.map(({ attempt }) => attempt),
      [...behind, slow],
    );
    for (const { outcome } of driver.endings.slice(0, 2)) {
      assert.deepEqual(outcome, { type: "released" });
    }
    await driver.drain([attemptAt("steps.mjs#quick", { trace: trace.path, name: "next" })]);
    assert.deepEqual(trace.lines(), ["begin slow", "end slow", "begin next"]);
  });

  test("room lists the emptiest slots first, and fills none beyond the depth", async (t) => {
    const driver = await Driver.open(t, isolation, { slots: 2 });
    const trace = new Trace(t);
    const nap = () => attemptAt("steps.mjs#nap", { trace: trace.path, name: "a", ms: 1 });
    await driver.drain([nap(), nap()]);
    assert.deepEqual(driver.executor.room(2, true), [0, 1, 0, 1]);
    const waiting = [nap(), nap()];
    driver.dispatch(waiting, 1);
    assert.deepEqual(driver.executor.room(3, true), [0, 0, 0, 1]);
    for (const attempt of waiting) await driver.ended(attempt);
  });

  test("two thousand tiny attempts all run exactly once", async (t) => {
    const driver = await Driver.open(t, isolation, { slots: 2 });
    const trace = new Trace(t);
    const attempts = Array.from({ length: 2_000 }, (_, name) =>
      attemptAt("steps.mjs#quick", { trace: trace.path, name }),
    );
    const outcomes = await driver.drain(attempts, 64);
    assert.deepEqual(outcomes.map(resultOf), [...attempts.keys()]);
    const begun = trace.lines().map((line) => Number(line.split(" ")[1]));
    assert.deepEqual(
      begun.sort((a, b) => a - b),
      [...attempts.keys()],
    );
  });
}
