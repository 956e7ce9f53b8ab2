import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { Attempt } from "../../../src/executor/executor.js";
import { attemptAt, Driver, errorOf, resultOf } from "../../support/attempts.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import type { Promises } from "./promises.js";

/** What is heard of an attempt while it runs. */
export function output({ isolation, exits, kills }: Promises): void {
  const processOnly = kills === "always" ? false : "what programs write, the worker does not see";
  const childOnly = exits ? false : "there is no child";

  // The inline executor listens to this very process. With one slot it would hear the tests' report.
  const open = (t: TestContext, slots = exits ? 1 : 2) => Driver.open(t, isolation, { slots });

  void describe("output", () => {
    test("all that an attempt wrote is heard before its end, and is known to be its", async (t) => {
      const driver = await open(t);
      for (const text of ["one", "two", "drei 💚"]) {
        const attempt = attemptAt("output.mjs#say", { text });
        await driver.run(attempt);
        assert.deepEqual(saidBy(driver, attempt), [
          `out ${text}\n`,
          `err ${text}\n`,
          `log ${text} { n: 1 }\n`,
        ]);
      }
    });

    test("a line without an end belongs to the attempt that wrote it", async (t) => {
      const driver = await open(t);
      const attempts = ["a", "b", "c"].map((text) => attemptAt("output.mjs#unfinished", { text }));
      for (const attempt of attempts) await driver.run(attempt);
      assert.deepEqual(
        attempts.map((attempt) => driver.said("stdout", attempt)),
        ["a", "b", "c"],
      );
    });

    test("in a batch of short attempts each has its own output", async (t) => {
      const driver = await open(t);
      await driver.run(attemptAt("output.mjs#silent"));
      const attempts = Array.from({ length: 300 }, (_, i) =>
        i % 3 === 0
          ? attemptAt("output.mjs#silent")
          : attemptAt("output.mjs#say", { text: `${i}` }, { jobId: `${i}` }),
      );
      await driver.drain(attempts, 50);
      const heard = new Map<string, string>();
      for (const { attempt, stream, bytes } of driver.heard) {
        const key = `${attempt?.jobId} ${stream}`;
        heard.set(key, (heard.get(key) ?? "") + bytes);
      }
      const expected = new Map(
        attempts.flatMap(({ jobId }, i): [string, string][] =>
          i % 3 === 0
            ? []
            : [
                [`${jobId} stdout`, `out ${i}\n`],
                [`${jobId} stderr`, `err ${i}\n`],
                [`${jobId} log`, `log ${i} { n: 1 }\n`],
              ],
        ),
      );
      assert.deepEqual(sorted(heard), sorted(expected));
    });

    test("what attempts in several slots write at the same time is told apart", async (t) => {
      const driver = await open(t, 3);
      const attempts = ["a", "b", "c"].map((name) =>
        attemptAt("output.mjs#inTurns", { name, times: 30 }),
      );
      await Promise.all(attempts.map((attempt, slot) => driver.run(attempt, slot)));
      for (const [i, attempt] of attempts.entries()) {
        const lines = Array.from({ length: 30 }, (_, n) => `${"abc"[i]} ${n}\n`).join("");
        assert.equal(driver.said("stdout", attempt), lines);
        assert.equal(driver.said("stderr", attempt), lines);
      }
    });

    test("any bytes come through, and what is like a separator too", {
      skip: childOnly,
    }, async (t) => {
      const driver = await open(t);
      const samples = [
        Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
        Buffer.from("\0\x1egigq "),
        Buffer.from("\0\0\x1egigq 0123456789abcdef 0000000000000001"),
      ];
      for (const sample of samples) {
        const attempt = attemptAt("output.mjs#bytes", { base64: sample.toString("base64") });
        await driver.run(attempt);
        const heard = driver.heard.filter((one) => one.attempt === attempt);
        assert.deepEqual(Buffer.concat(heard.map(({ bytes }) => bytes)), sample);
      }
    });

    test("what an attempt writes is heard while it runs", async (t) => {
      const driver = await open(t);
      await driver.run(attemptAt("output.mjs#say", { text: "before" }));
      const file = join(temporaryFolder(t), "go");
      const attempt = attemptAt("output.mjs#sayAndWait", { text: "still here", file });
      const running = driver.run(attempt);
      await eventually("its words", () => driver.said("stdout", attempt) === "still here\n");
      writeFileSync(file, "");
      await running;
    });

    test("the programs that an attempt runs speak for it", { skip: processOnly }, async (t) => {
      const driver = await open(t);
      for (const text of ["one", "two", "three"]) {
        const attempt = attemptAt("output.mjs#program", { text });
        await driver.run(attempt);
        assert.equal(driver.said("stdout", attempt), `out ${text}\n`);
        assert.equal(driver.said("stderr", attempt), `err ${text}\n`);
      }
    });

    test("a program that outlives its attempt is not taken for the next one", {
      skip: processOnly,
    }, async (t) => {
      const driver = await open(t);
      const file = join(temporaryFolder(t), "go");
      await driver.run(attemptAt("output.mjs#leaveBehind", { file }));
      writeFileSync(file, "");
      await eventually("what was left behind", () => driver.output.stdout === "left behind\n");
      assert.deepEqual(
        driver.heard.map(({ attempt }) => attempt),
        [undefined],
      );
      const next = attemptAt("output.mjs#say", { text: "next" });
      await driver.run(next);
      assert.equal(driver.said("stdout", next), "out next\n");
    });

    test("an attempt that closes stdout ends all the same, and so do those after it", {
      skip: processOnly,
    }, async (t) => {
      const driver = await open(t);
      assert.equal((await driver.run(attemptAt("output.mjs#closeStdout"))).type, "completed");
      for (let times = 0; times < 5; times++) {
        assert.equal((await driver.run(attemptAt("output.mjs#silent"))).type, "completed");
      }
      assert.equal(driver.output.stdout, "the last\n");
    });

    test("a file that has taken the place of stdout is left alone", {
      skip: processOnly,
    }, async (t) => {
      const driver = await open(t);
      const file = join(temporaryFolder(t), "file");
      assert.equal(resultOf(await driver.run(attemptAt("output.mjs#replaceStdout", { file }))), 1);
      await driver.run(attemptAt("output.mjs#program", { text: "in the file" }));
      assert.equal(readFileSync(file, "utf8"), "out in the file\n");
    });

    test("a child that writes faster than it is read waits, and loses nothing", {
      skip: childOnly,
    }, async (t) => {
      const driver = await open(t);
      const attempt = attemptAt("output.mjs#much", { mebibytes: 30 });
      await driver.run(attempt);
      const size = driver.heard.reduce((sum, { bytes }) => sum + bytes.length, 0);
      assert.equal(size, 30 * 2 ** 20);
    });

    test("of progress that is told without a pause, the last is always heard", async (t) => {
      const driver = await open(t);
      const attempt = attemptAt("output.mjs#hurry", { total: 200_000 });
      await driver.run(attempt);
      const told = progressOf(driver, attempt);
      assert.deepEqual(told.at(-1), { done: 200_000, total: 200_000, message: "thumbnails" });
      assert.ok(told.length < 1_000, `${told.length} times`);
    });

    test("a total and a message may be left out, and long messages are cut", async (t) => {
      const driver = await open(t);
      const ways: readonly [call: unknown[], told: object][] = [
        [[3], { done: 3, total: null, message: null }],
        [[0.5, 1], { done: 0.5, total: 1, message: null }],
        [[1, null, "  half\n"], { done: 1, total: null, message: "half" }],
        [[1, 2, "m".repeat(300)], { done: 1, total: 2, message: "m".repeat(200) }],
      ];
      for (const [call, told] of ways) {
        const attempt = attemptAt("output.mjs#tell", { calls: [call] });
        assert.equal((await driver.run(attempt)).type, "completed");
        assert.deepEqual(progressOf(driver, attempt), [told]);
      }
    });

    for (const what of ["nan", "infinite", "negative", "text"]) {
      test(`progress that is no number fails the attempt: ${what}`, async (t) => {
        const driver = await open(t);
        const error = errorOf(await driver.run(attemptAt("output.mjs#badProgress", { what })));
        assert.match(
          error,
          /^TypeError: context\.progress was told that done is \S+; give a number/,
        );
      });
    }

    test("a total that is no number fails the attempt", async (t) => {
      const driver = await open(t);
      assert.match(
        errorOf(await driver.run(attemptAt("output.mjs#badTotal"))),
        /was told that total is NaN/,
      );
    });

    test("what a function tells after it has returned is not heard", async (t) => {
      const driver = await open(t);
      await driver.run(attemptAt("output.mjs#late"));
      const next = attemptAt("output.mjs#inTurns", { name: "n", times: 5 });
      await driver.run(next);
      assert.deepEqual(
        driver.heard.filter(({ stream }) => stream === "log" || stream === "progress"),
        [],
      );
    });
  });
}

function saidBy(driver: Driver, attempt: Attempt): string[] {
  return (["stdout", "stderr", "log"] as const).map((stream) => driver.said(stream, attempt));
}

function progressOf(driver: Driver, attempt: Attempt): object[] {
  return driver.heard
    .filter((one) => one.stream === "progress" && one.attempt === attempt)
    .map(({ bytes }) => JSON.parse(bytes.toString()));
}

function sorted(map: ReadonlyMap<string, string>): [string, string][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
