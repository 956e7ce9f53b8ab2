import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { attemptAt, errorOf, resultOf, sharedDriver } from "../../support/attempts.js";
import type { Promises } from "./promises.js";

/** What a function is told, and what it returns. */
export function answers({ isolation }: Promises): void {
  void describe("answers", () => {
    const driver = sharedDriver(isolation);
    const ways = [
      ["what a function returns is its result", "same"],
      ["what a promise resolves to is the result", "later"],
    ] as const;
    for (const [behaviour, name] of ways) {
      test(behaviour, async () => {
        for (const value of [
          null,
          "",
          "grüße 💚\n\u2028",
          0,
          -1.5,
          false,
          [1, [2]],
          { a: { b: [] } },
        ]) {
          const outcome = await driver().run(attemptAt(`answers.mjs#${name}`, { value }));
          assert.deepEqual(resultOf(outcome), value);
        }
      });
    }

    test("a function that returns nothing has the result null", async () => {
      const outcome = await driver().run(attemptAt("answers.mjs#nothing"));
      assert.deepEqual(outcome, { type: "completed", result: "null" });
    });

    test("a result is what JSON makes of it", async () => {
      const outcome = await driver().run(attemptAt("answers.mjs#date"));
      assert.deepEqual(resultOf(outcome), { at: "1970-01-01T00:00:00.000Z" });
    });

    test("the context tells the id, the attempt and a signal that has not fired", async () => {
      const rules = { jobId: "the-id", attempt: 3 };
      const outcome = await driver().run(attemptAt("answers.mjs#told", { a: 1 }, rules));
      assert.deepEqual(resultOf(outcome), {
        params: { a: 1 },
        jobId: "the-id",
        attempt: 3,
        aborted: false,
        parentResults: {},
      });
    });

    test("the results of parents come in the context, in dependency order", async () => {
      const parentResults = [
        { id: "second-by-name", result: '{"n":1}' },
        { id: "first-by-name", result: null },
      ];
      const outcome = await driver().run(
        attemptAt("answers.mjs#told", { a: 1 }, { parentResults }),
      );
      const { params, parentResults: told } = resultOf(outcome) as Record<string, object>;
      assert.deepEqual(params, { a: 1 });
      assert.deepEqual(Object.entries(told!), [
        ["second-by-name", { n: 1 }],
        ["first-by-name", null],
      ]);
    });

    test("the results of parents come in the params too when that is asked for", async () => {
      const outcome = await driver().run(
        attemptAt(
          "answers.mjs#told",
          { a: 1, parentResults: "to be overridden" },
          { parentResults: [{ id: "p", result: "7" }], passParentResults: true },
        ),
      );
      const { params } = resultOf(outcome) as Record<string, object>;
      assert.deepEqual(params, { a: 1, parentResults: { p: 7 } });
    });

    const unfit: readonly [name: string, params: object, why: RegExp][] = [
      ["cyclic", {}, /circular structure/],
      ["bigint", {}, /BigInt/],
      ["aFunction", {}, /it is a function/],
      ["symbol", {}, /it is a symbol/],
      ["deep", {}, /nested too deep/],
      ["badToJson", { what: "error" }, /no JSON from me/],
      ["badToJson", { what: "null" }, /null/],
      ["badToJson", { what: "text" }, /no JSON/],
    ];
    for (const [name, params, why] of unfit) {
      const what = `${name} ${Object.values(params)[0] ?? ""}`.trim();
      test(`a result that JSON cannot hold fails the attempt: ${what}`, async () => {
        const pid = resultOf(await driver().run(attemptAt("answers.mjs#whoAmI")));
        const error = errorOf(await driver().run(attemptAt(`answers.mjs#${name}`, { ...params })));
        assert.match(error, /^the function returned what JSON cannot hold: /);
        assert.match(error, why);
        assert.match(error, /Return strings, numbers, booleans, null, arrays and objects$/);
        assert.deepEqual(resultOf(await driver().run(attemptAt("answers.mjs#whoAmI"))), pid);
      });
    }

    test("a result of 100 MB fails the attempt, and says what to do instead", async () => {
      const error = errorOf(await driver().run(attemptAt("answers.mjs#huge")));
      assert.match(
        error,
        /returned 104857602 characters .* at most 16777216 .* Write the data to a file/,
      );
      assert.equal(resultOf(await driver().run(attemptAt("answers.mjs#same", { value: 1 }))), 1);
    });

    test("what looks like a promise and is none fails the attempt", async () => {
      const error = errorOf(await driver().run(attemptAt("answers.mjs#badThen")));
      assert.match(error, /^Error: no promise after all\n/);
    });
  });
}
