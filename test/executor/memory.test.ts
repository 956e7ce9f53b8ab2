import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import { canMeasureMemory, LEAST_RSS, memoryOf } from "../../src/executor/memory.js";
import { isAlive } from "../support/alive.js";
import { attemptAt, Driver, errorOf, resultOf } from "../support/attempts.js";
import { eventually } from "../support/eventually.js";
import { Trace } from "../support/trace.js";

const MIB = 2 ** 20;

const maxRss = 256 * MIB;
const isolation = "process";
const skip = canMeasureMemory() ? false : "nothing tells how much a process takes";

void describe("limits on memory, which only a process has for itself", () => {
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

  test("what is measured is the process and what it has started", { skip }, async (t) => {
    const ownMiB = memoryOf(process.pid) / MIB;
    assert.ok(Math.abs(ownMiB - process.memoryUsage.rss() / MIB) < 32, `${ownMiB} MiB`);
    const middle = spawn("sh", ["-c", 'node -e "setInterval(() => {}, 60_000)" & wait'], {
      env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
      detached: true,
    });
    t.after(() => process.kill(-middle.pid!, "SIGKILL"));
    await eventually("a grandchild of some size", () => memoryOf(middle.pid!) > 20 * MIB);
    assert.equal(memoryOf(2 ** 22 + 1), 0);
  });

  test("what Node takes itself does not count: the least limit leaves room for small jobs", {
    skip,
  }, async (t) => {
    const bare = await Driver.open(t, isolation);
    const size = resultOf(await bare.run(attemptAt("leaks.mjs#rss"))) as number;
    // Node differs in size: where it alone takes more, the room is what the least limit leaves here.
    const small = Math.max(LEAST_RSS, size + 24 * MIB);
    assert.ok(size > small / 2, `${size} bytes are no more than half of ${small}`);
    const driver = await Driver.open(t, isolation, { maxRss: small });
    const attempts = Array.from({ length: 20 }, () => attemptAt("answers.mjs#whoAmI"));
    assert.equal(new Set((await driver.drain(attempts, 2)).map(resultOf)).size, 1);
  });

  test("a child that keeps within half of its room stays", { skip }, async (t) => {
    const driver = await Driver.open(t, isolation, { maxRss: 1024 * MIB });
    const attempts = Array.from({ length: 5 }, () =>
      attemptAt("leaks.mjs#leak", { megabytes: 16 }),
    );
    const pids = (await driver.drain(attempts, 2)).map(resultOf);
    assert.equal(new Set(pids).size, 1);
  });
});
