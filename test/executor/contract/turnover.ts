import assert from "node:assert/strict";
import { test } from "node:test";
import { isAlive } from "../../support/alive.js";
import { attemptAt, Driver, resultOf } from "../../support/attempts.js";
import { eventually } from "../../support/eventually.js";
import { Trace } from "../../support/trace.js";
import type { Promises } from "./promises.js";

/** Children leave when they have served enough, or have nothing to do. */
export function turnover({ isolation }: Promises): void {
  const skip = isolation === "inline" && "there are no children";
  const visit = () => attemptAt("counts.mjs#visit");

  for (const depth of [1, 7]) {
    test(`a child leaves after so many attempts, and none is given back, ${depth} deep`, {
      skip,
    }, async (t) => {
      const driver = await Driver.open(t, isolation, { maxJobsPerChild: 3 });
      const outcomes = await driver.drain(Array.from({ length: 8 }, visit), depth);
      assert.deepEqual(outcomes.map(resultOf), [1, 2, 3, 1, 2, 3, 1, 2]);
      assert.equal(driver.endings.length, 8);
    });
  }

  test("a slot has no room beyond what its child may serve", { skip }, async (t) => {
    const driver = await Driver.open(t, isolation, { maxJobsPerChild: 3, slots: 2 });
    const roomOf = (slot: number) =>
      driver.executor.room(9, true).filter((other) => other === slot).length;
    assert.equal(roomOf(0), 3);
    await driver.run(visit());
    assert.equal(roomOf(0), 2);
    driver.dispatch([visit()]);
    assert.equal(roomOf(0), 1);
    assert.equal(roomOf(1), 3);
  });

  test("what was taken back does not count as served", { skip }, async (t) => {
    const driver = await Driver.open(t, isolation, { maxJobsPerChild: 3 });
    await driver.run(visit());
    const head = attemptAt("counts.mjs#visitSlowly", { ms: 20 });
    driver.dispatch([head, visit()]);
    driver.executor.recall();
    const { outcome } = await driver.ended(head);
    const left = outcome.type === "released" ? [2, 3, 1] : [3, 1];
    assert.deepEqual((await driver.drain(left.map(visit))).map(resultOf), left);
  });

  test("children that have nothing to do leave, and the next job has a new one", {
    skip,
  }, async (t) => {
    const slots = 3;
    const driver = await Driver.open(t, isolation, { slots, idleMs: 300 });
    const trace = new Trace(t);
    const first = Array.from({ length: slots }, () =>
      attemptAt("counts.mjs#noteTheEnd", { trace: trace.path }),
    );
    for (const [slot, attempt] of first.entries()) driver.dispatch([attempt], slot);
    const endings = await Promise.all(first.map((attempt) => driver.ended(attempt)));
    const children = endings.map(({ outcome }) => resultOf(outcome)) as string[];
    assert.equal(new Set(children).size, slots);
    await eventually("all children to leave", () => trace.lines().length === slots);
    for (const pid of children.map((child) => Number.parseInt(child, 10))) {
      if (isolation === "process") await eventually("a child's end", () => !isAlive(pid));
    }
    const [next] = await driver.drain([visit()]);
    assert.equal(resultOf(next!), 1);
  });

  test("a child that works is not idle, however long", { skip }, async (t) => {
    const driver = await Driver.open(t, isolation, { idleMs: 20 });
    const slowly = attemptAt("counts.mjs#visitSlowly", { ms: 500 });
    assert.equal(resultOf(await driver.run(slowly)), 1);
  });

  test("a child that does not leave when it is asked is killed", { skip }, async (t) => {
    const driver = await Driver.open(t, isolation, { idleMs: 100 });
    const trace = new Trace(t);
    await driver.run(attemptAt("counts.mjs#lingerAtExit", { trace: trace.path }));
    await trace.line("lingers");
    assert.equal(resultOf(await driver.run(visit())), 1);
  });
}
