import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { ExecutorOptions } from "../../../src/executor/executor.js";
import { isAlive } from "../../support/alive.js";
import { attemptAt, Driver, resultOf } from "../../support/attempts.js";
import { eventually } from "../../support/eventually.js";
import { Trace } from "../../support/trace.js";
import type { Promises } from "./promises.js";

/** Attempts that are stopped, by their timeout or by somebody. */
export function stopping({ isolation, kills }: Promises): void {
  const timeout = { timeoutMs: 150 };
  const open = async (t: TestContext, options?: Partial<ExecutorOptions>) => {
    const driver = await Driver.open(t, isolation, options);
    await driver.run(attemptAt("stubborn.mjs#ready"));
    return driver;
  };
  const works = async (driver: Driver) => {
    const [outcome] = await driver.drain([attemptAt("answers.mjs#same", { value: "works" })]);
    assert.equal(resultOf(outcome!), "works");
  };

  const spinning = kills === "never" ? [] : ["spin", "spinPromises"];
  const blocking = kills === "always" ? ["shell", "native", "deaf", "deafAndIdle"] : [];
  for (const name of [...spinning, ...blocking]) {
    test(`a timeout kills what does not listen: ${name}`, async (t) => {
      const driver = await open(t);
      const trace = new Trace(t);
      const attempt = attemptAt(`stubborn.mjs#${name}`, { trace: trace.path }, timeout);
      assert.deepEqual(await driver.run(attempt), { type: "timeout" });
      const pid = Number((await trace.line("begin")).split(" ")[1]);
      if (kills === "always") assert.equal(isAlive(pid), false);
      await works(driver);
    });
  }

  const families = kills === "always" ? ["parent", "parentOfHeir", "obedientParent"] : [];
  for (const name of families) {
    test(`a timeout also ends what the job has started: ${name}`, async (t) => {
      const driver = await open(t);
      const trace = new Trace(t);
      const attempt = attemptAt(`stubborn.mjs#${name}`, { trace: trace.path }, { timeoutMs: 400 });
      assert.deepEqual(await driver.run(attempt), { type: "timeout" });
      const pid = Number((await trace.line("child")).split(" ")[1]);
      await eventually("the grandchild's end", () => !isAlive(pid));
      await works(driver);
    });
  }

  for (const then of ["throw", "return"]) {
    test(`a job that obeys the signal cleans up, and has timed out: ${then}`, async (t) => {
      const driver = await open(t, { graces: { abortMs: 20_000, termMs: 200 } });
      const trace = new Trace(t);
      const params = { trace: trace.path, then };
      const attempt = attemptAt("stubborn.mjs#obedient", params, timeout);
      assert.deepEqual(await driver.run(attempt), { type: "timeout" });
      assert.equal(trace.lines()[1], "cleaned up: timeout");
      await works(driver);
    });
  }

  const unstoppable = kills === "never" ? false : "here, everything can be stopped";
  test("a timeout cannot end what ignores it, but counts", { skip: unstoppable }, async (t) => {
    const driver = await open(t);
    const trace = new Trace(t);
    const params = { trace: trace.path, name: "a", ms: 400 };
    const attempt = attemptAt("steps.mjs#nap", params, timeout);
    assert.deepEqual(await driver.run(attempt), { type: "timeout" });
    assert.deepEqual(trace.lines(), ["begin a", "end a"]);
  });

  for (const reason of ["cancelled", "released"] as const) {
    test(`an attempt that is stopped as ${reason} ends as ${reason}`, async (t) => {
      const driver = await open(t);
      const trace = new Trace(t);
      const attempt = attemptAt("stubborn.mjs#obedient", { trace: trace.path });
      driver.dispatch([attempt]);
      await trace.line("begin");
      driver.executor.stop(attempt, reason);
      assert.deepEqual((await driver.ended(attempt)).outcome, { type: reason });
      await works(driver);
    });
  }

  test("the first reason to stop an attempt wins", async (t) => {
    const driver = await open(t);
    const trace = new Trace(t);
    const stubborn = kills === "never" ? "obedient" : "spin";
    const attempt = attemptAt(
      `stubborn.mjs#${stubborn}`,
      { trace: trace.path },
      { timeoutMs: 5_000 },
    );
    driver.dispatch([attempt]);
    await trace.line("begin");
    driver.executor.stop(attempt, "cancelled");
    driver.executor.stop(attempt, "released");
    assert.deepEqual((await driver.ended(attempt)).outcome, { type: "cancelled" });
  });

  test("an attempt that is stopped before it begins is taken back, and never begins", async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    if (isolation === "inline") return t.skip("there, an attempt begins as it is dispatched");
    const attempt = attemptAt("stubborn.mjs#obedient", { trace: trace.path });
    driver.dispatch([attempt]);
    driver.executor.stop(attempt, "cancelled");
    assert.deepEqual(driver.endings[0]?.outcome, { type: "released" });
    await works(driver);
    assert.deepEqual(trace.lines(), []);
  });

  test("an attempt that is stopped as it begins ends as stopped", async (t) => {
    const driver = await open(t);
    const trace = new Trace(t);
    for (let round = 0; round < 5; round++) {
      await works(driver);
      const attempt = attemptAt("stubborn.mjs#obedient", { trace: trace.path });
      driver.dispatch([attempt]);
      driver.executor.stop(attempt, "cancelled");
      assert.deepEqual((await driver.ended(attempt)).outcome, { type: "cancelled" });
    }
  });

  test("stopping an attempt that has ended, or was never here, does nothing", async (t) => {
    const driver = await open(t);
    const attempt = attemptAt("answers.mjs#nothing");
    await driver.run(attempt);
    driver.executor.stop(attempt, "cancelled");
    driver.executor.stop(attemptAt("answers.mjs#nothing"), "cancelled");
    await works(driver);
  });

  test("a timeout counts from when the function begins, not from the dispatch", async (t) => {
    const driver = await open(t);
    const trace = new Trace(t);
    // Each is short enough not to be given back, and all together take longer than the timeout.
    const attempts = Array.from({ length: 40 }, (_, name) =>
      attemptAt("steps.mjs#nap", { trace: trace.path, name, ms: 30 }, { timeoutMs: 1_000 }),
    );
    const outcomes = await driver.drain(attempts, attempts.length);
    assert.deepEqual(outcomes.map(resultOf), [...attempts.keys()]);
  });

  test("an attempt that ended in time has not timed out, however busy the worker was", async (t) => {
    const driver = await open(t);
    const trace = new Trace(t);
    await driver.run(attemptAt("steps.mjs#quick", { trace: trace.path, name: "first" }));
    for (let round = 0; round < 2; round++) {
      const name = `${round}`;
      const params = { trace: trace.path, name };
      const attempts = ["quick", "quick"].map((fn) =>
        attemptAt(`steps.mjs#${fn}`, params, { timeoutMs: 500 }),
      );
      driver.dispatch(attempts);
      const untilMs = performance.now() + 700;
      while (performance.now() < untilMs);
      for (const attempt of attempts) {
        const { outcome } = await driver.ended(attempt);
        if (outcome.type !== "released") assert.equal(resultOf(outcome), name);
      }
    }
  });

  test("an attempt without a timeout that waits behind one with a timeout survives it", async (t) => {
    const driver = await open(t);
    const trace = new Trace(t);
    const first = attemptAt("stubborn.mjs#obedient", { trace: trace.path }, timeout);
    const second = attemptAt("steps.mjs#quick", { trace: trace.path, name: "second" });
    driver.dispatch([first, second]);
    assert.deepEqual((await driver.ended(first)).outcome, { type: "timeout" });
    assert.deepEqual((await driver.ended(second)).outcome, { type: "released" });
    const [outcome] = await driver.drain([second]);
    assert.equal(resultOf(outcome!), "second");
  });
}
