import assert from "node:assert/strict";
import { test } from "node:test";
import { isAlive } from "../../support/alive.js";
import { attemptAt, Driver, errorOf, resultOf } from "../../support/attempts.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { Trace } from "../../support/trace.js";
import type { Promises } from "./promises.js";

/** Children that die, and what becomes of the attempts they hold. */
export function deaths({ isolation, exits, output }: Promises): void {
  const skip = exits ? false : "an exit would end the worker";
  const processOnly = isolation === "process" ? false : "only a process has a pid of its own";
  const works = async (driver: Driver) => {
    const [outcome] = await driver.drain([attemptAt("answers.mjs#same", { value: "works" })]);
    assert.equal(resultOf(outcome!), "works");
  };

  test("a job that exits has failed, with its exit code in the error", { skip }, async (t) => {
    const driver = await Driver.open(t, isolation);
    for (const code of [7, 0]) {
      const error = errorOf(await driver.run(attemptAt("deadly.mjs#exit", { code })));
      assert.match(error, new RegExp(`the job's ${isolation} exited with code ${code}$`));
      await works(driver);
    }
  });

  test("what waits behind a job that exits is given back and never begins", { skip }, async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    const behind = ["a", "b"].map((name) =>
      attemptAt("steps.mjs#quick", { trace: trace.path, name }),
    );
    const deadly = attemptAt("deadly.mjs#exit", { code: 7 });
    driver.dispatch([deadly, ...behind]);
    assert.match(errorOf((await driver.ended(deadly)).outcome), /code 7/);
    for (const attempt of behind) {
      assert.deepEqual((await driver.ended(attempt)).outcome, { type: "released" });
    }
    await works(driver);
    assert.deepEqual(trace.lines(), []);
  });

  const uncaught: readonly [name: string, message: string][] = [
    ["lateError", "too late to catch"],
    ["lostRejection", "nobody waits for me"],
  ];
  for (const [name, message] of uncaught) {
    test(`an error that nobody catches fails the attempt: ${name}`, { skip }, async (t) => {
      const driver = await Driver.open(t, isolation);
      const error = errorOf(await driver.run(attemptAt(`deadly.mjs#${name}`)));
      assert.match(error, new RegExp(`^uncaught: Error: ${message}\n.*deadly\\.mjs`));
      await works(driver);
    });
  }

  test("an error after the function has returned does not change its outcome", {
    skip,
  }, async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    const attempt = attemptAt("deadly.mjs#parting", { trace: trace.path });
    assert.equal(resultOf(await driver.run(attempt)), "returned");
    await trace.line("bang");
    await works(driver);
  });

  for (const signal of ["SIGKILL", "SIGSEGV", "SIGTERM"]) {
    test(`a process that dies of ${signal} has failed, and says so`, {
      skip: processOnly,
    }, async (t) => {
      const driver = await Driver.open(t, isolation);
      const error = errorOf(await driver.run(attemptAt("deadly.mjs#die", { signal })));
      assert.equal(error, `the job's process was killed by ${signal}`);
      await works(driver);
    });
  }

  test("a process that somebody kills has failed its attempt", { skip: processOnly }, async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    const attempt = attemptAt("deadly.mjs#wait", { trace: trace.path });
    driver.dispatch([attempt]);
    process.kill(Number((await trace.line("begin")).split(" ")[1]), "SIGKILL");
    assert.match(errorOf((await driver.ended(attempt)).outcome), /killed by SIGKILL/);
    await works(driver);
  });

  test("a process that is killed while it is idle is replaced", {
    skip: processOnly,
  }, async (t) => {
    const driver = await Driver.open(t, isolation);
    const pid = resultOf(await driver.run(attemptAt("answers.mjs#whoAmI"))) as number;
    process.kill(pid, "SIGKILL");
    const [outcome] = await driver.drain([attemptAt("answers.mjs#whoAmI")]);
    assert.notEqual(resultOf(outcome!), pid);
    assert.equal(isAlive(pid), false);
  });

  test("a process that cannot be started fails the attempt after a few tries", {
    skip: processOnly,
  }, async (t) => {
    const root = `${temporaryFolder(t)}/not-there`;
    const driver = await Driver.open(t, isolation, { root });
    const [first, second] = await driver.drain(
      [attemptAt("answers.mjs#nothing"), attemptAt("answers.mjs#nothing")],
      2,
    );
    assert.ok(driver.endings.length <= 8, `${driver.endings.length} dispatches`);
    for (const outcome of [first!, second!]) {
      assert.match(errorOf(outcome), /^the job's process could not be started: .*not-there/);
    }
  });

  for (const fd of [4, 5]) {
    test(`a job that writes over the executor's own file ${fd} harms only itself`, {
      skip: processOnly,
    }, async (t) => {
      const driver = await Driver.open(t, isolation);
      await driver.run(attemptAt("deadly.mjs#gibberish", { fd }));
      await works(driver);
    });
  }

  test("a child that an earlier job left blocked is replaced", { skip }, async (t) => {
    const driver = await Driver.open(t, isolation);
    const trace = new Trace(t);
    await driver.run(attemptAt("stubborn.mjs#timeBomb", { trace: trace.path }));
    await trace.line("bang");
    const innocent = attemptAt("answers.mjs#same", { value: 1 });
    assert.deepEqual(await driver.run(innocent), { type: "released" });
    await works(driver);
  });

  test("what a job writes comes as output", {
    skip: output ? false : "the worker prints it",
  }, async (t) => {
    const driver = await Driver.open(t, isolation);
    await driver.run(attemptAt("deadly.mjs#talk", { name: "Ada" }));
    await eventually("the job's words", () => driver.output.stdout.includes("grüße"));
    assert.equal(driver.output.stdout, "hello Ada\nno line break, grüße");
    await eventually("the job's warning", () => driver.output.stderr.includes("Ada"));
    assert.equal(driver.output.stderr, "beware of Ada\n");
  });

  test("what a job writes before it dies is not lost", {
    skip: output ? skip : "the worker prints it",
  }, async (t) => {
    const driver = await Driver.open(t, isolation);
    const length = 1_000_000;
    assert.match(
      errorOf(await driver.run(attemptAt("deadly.mjs#lastWords", { length }))),
      /code 3/,
    );
    await eventually("all of its output", () => driver.output.stderr.length === length);
    assert.equal(driver.output.stdout.length, length);
  });

  test("what a job's child writes comes as output", { skip: processOnly }, async (t) => {
    const driver = await Driver.open(t, isolation);
    await driver.run(attemptAt("deadly.mjs#talkThroughChild"));
    await eventually("the child's words", () => driver.output.stdout === "said by a child\n");
  });
}
