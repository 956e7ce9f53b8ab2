import assert from "node:assert/strict";
import { test } from "node:test";
import { isAlive } from "../../support/alive.js";
import { attemptAt, Driver, resultOf } from "../../support/attempts.js";
import { eventually } from "../../support/eventually.js";
import { Trace } from "../../support/trace.js";
import type { Promises } from "./promises.js";

/** The end of an executor. */
export function closing({ isolation, kills }: Promises): void {
  const processOnly = isolation === "process" ? false : "only a process has a pid of its own";

  test("an executor that was never used closes", async (t) => {
    const driver = await Driver.open(t, isolation, { slots: 3 });
    await driver.executor.close();
    assert.deepEqual(driver.endings, []);
  });

  test("closing releases what runs and what waits", async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    const attempts = [
      attemptAt("stubborn.mjs#obedient", { trace: trace.path }),
      attemptAt("steps.mjs#quick", { trace: trace.path, name: "a" }),
    ];
    driver.dispatch(attempts);
    await trace.line("begin");
    await driver.executor.close();
    for (const attempt of attempts) {
      const ending = driver.endings.find((ended) => ended.attempt === attempt);
      assert.deepEqual(ending?.outcome, { type: "released" });
    }
  });

  test("closing twice at the same time is closing once", async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    driver.dispatch([attemptAt("stubborn.mjs#obedient", { trace: trace.path })]);
    await trace.line("begin");
    await Promise.all([driver.executor.close(), driver.executor.close()]);
    await driver.executor.close();
    assert.equal(driver.endings.length, 1);
  });

  test("closing ends a child that an earlier job left blocked", {
    skip: kills === "never" && "nothing can be killed",
  }, async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    await driver.run(attemptAt("stubborn.mjs#timeBomb", { trace: trace.path }));
    await trace.line("bang");
    await driver.executor.close();
  });

  test("no process is left after closing", { skip: processOnly }, async (t) => {
    const driver = await Driver.open(t, isolation, { slots: 2 });
    const pids: number[] = [];
    for (const slot of [0, 1]) {
      pids.push(resultOf(await driver.run(attemptAt("answers.mjs#whoAmI"), slot)) as number);
    }
    assert.equal(new Set(pids).size, 2);
    assert.deepEqual(pids.map(isAlive), [true, true]);
    await driver.executor.close();
    assert.deepEqual(pids.map(isAlive), [false, false]);
  });

  test("what a running job has started is gone after closing", { skip: processOnly }, async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    driver.dispatch([attemptAt("stubborn.mjs#parentOfHeir", { trace: trace.path })]);
    const pid = Number((await trace.line("child")).split(" ")[1]);
    assert.equal(isAlive(pid), true);
    await driver.executor.close();
    await eventually("the grandchild's end", () => !isAlive(pid));
  });
}
