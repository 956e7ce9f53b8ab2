import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptAt, Driver, resultOf } from "../../support/attempts.js";
import { Trace } from "../../support/trace.js";
import type { Promises } from "./promises.js";

/** What has not begun can be had back, and then it never begins. */
export function recall({ isolation, kills }: Promises): void {
  const quick = (trace: Trace, name: string | number) =>
    attemptAt("steps.mjs#quick", { trace: trace.path, name });
  // Inline, a function that blocks would also block the recall.
  const [slow, tiny] = kills === "never" ? ["nap", "soon"] : ["block", "quick"];

  test("what waits is given back at once when it is recalled, and never begins", async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    await driver.run(attemptAt("answers.mjs#nothing"));
    const head = attemptAt(`steps.mjs#${slow}`, { trace: trace.path, name: "slow", ms: 300 });
    const behind = [quick(trace, "a"), quick(trace, "b")];
    driver.dispatch([head, ...behind]);
    await trace.line("begin slow");
    driver.executor.recall();
    const back = driver.endings.slice(1).map(({ attempt, outcome }) => [attempt, outcome.type]);
    assert.deepEqual(
      back,
      behind.map((attempt) => [attempt, "released"]),
    );
    assert.equal(resultOf((await driver.ended(head)).outcome), "slow");
    await driver.drain([quick(trace, "next")]);
    assert.deepEqual(trace.lines(), ["begin slow", "end slow", "begin next"]);
  });

  test("a recall right after the dispatch finds nothing begun that was given back", async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    const attempts = ["a", "b", "c"].map((name) => quick(trace, name));
    driver.dispatch(attempts);
    driver.executor.recall();
    const released = driver.endings.map(({ attempt }) => attempt);
    assert.ok(released.length >= 2);
    for (const attempt of attempts) await driver.ended(attempt);
    await driver.drain([quick(trace, "next")]);
    const ran = ["a", "b", "c"].filter((_, index) => !released.includes(attempts[index]!));
    assert.deepEqual(
      trace.lines(),
      [...ran, "next"].map((name) => `begin ${name}`),
    );
  });

  test("at whatever moment a recall comes, released means never begun", async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    await driver.drain([quick(trace, "first")]);
    const expected = ["begin first"];
    for (let round = 0; round < 50; round++) {
      const attempts = Array.from({ length: 30 }, (_, index) =>
        attemptAt(`steps.mjs#${tiny}`, { trace: trace.path, name: `${round}/${index}` }),
      );
      driver.dispatch(attempts);
      const untilMs = performance.now() + Math.random() * 5;
      while (performance.now() < untilMs) await new Promise((resolve) => setImmediate(resolve));
      driver.executor.recall();
      for (const attempt of attempts) {
        const { outcome } = await driver.ended(attempt);
        if (outcome.type !== "released") expected.push(`begin ${resultOf(outcome)}`);
      }
    }
    await driver.drain([quick(trace, "last")]);
    assert.deepEqual(trace.lines(), [...expected, "begin last"]);
    assert.ok(expected.length > 1, "some ran");
    assert.ok(expected.length < 1501, "some were given back");
  });

  test("an attempt that waits is taken back when it is stopped, and never begins", async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    const head = attemptAt("steps.mjs#nap", { trace: trace.path, name: "head", ms: 20 });
    const waiting = quick(trace, "waiting");
    driver.dispatch([head, waiting]);
    driver.executor.stop(waiting, "cancelled");
    assert.deepEqual(driver.endings[0]?.outcome, { type: "released" });
    assert.equal(resultOf((await driver.ended(head)).outcome), "head");
    await driver.drain([quick(trace, "next")]);
    assert.deepEqual(trace.lines(), ["begin head", "end head", "begin next"]);
  });
}
