import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadFailureOf } from "../../../src/job/load-failure.js";
import { attemptAt, errorOf, resultOf, sharedDriver } from "../../support/attempts.js";
import { fixture } from "../../support/paths.js";
import type { Promises } from "./promises.js";

/** Longer than any error that is kept. */
const TOO_LONG = 40_000;

/** What a function throws. */
export function errors({ isolation }: Promises): void {
  void describe("errors", () => {
    const driver = sharedDriver(isolation);

    test("an error is told with its message first and the user's own frames below", async () => {
      const error = errorOf(await driver().run(attemptAt("throws.mjs#error")));
      const [headline, ...frames] = error.split("\n");
      assert.equal(headline, "TypeError: bad header");
      assert.equal(frames.length, 1, error);
      assert.match(frames[0]!, /at error \(file:.*\/throws\.mjs:2:9\)$/);
    });

    test("frames of Node and of the executor itself are left out", async () => {
      for (const name of ["fromWithin", "rejected"]) {
        const error = errorOf(await driver().run(attemptAt(`throws.mjs#${name}`)));
        const frames = error.split("\n").slice(1);
        assert.ok(
          frames.some((frame) => frame.includes("throws.mjs")),
          error,
        );
        assert.deepEqual(
          frames.filter((frame) => /node:|executor\/child/.test(frame)),
          [],
          error,
        );
      }
    });

    test("a rejected promise is an error like one that was thrown", async () => {
      const error = errorOf(await driver().run(attemptAt("throws.mjs#rejected")));
      assert.match(error, /^RangeError: out of reach\n/);
    });

    test("the cause of an error is told with it, but not for ever", async () => {
      const error = errorOf(await driver().run(attemptAt("throws.mjs#withCause")));
      assert.match(
        error,
        /^Error: the import failed\n[\s\S]*\ncaused by: Error: line 3 is empty\n/,
      );
      const cyclic = errorOf(await driver().run(attemptAt("throws.mjs#withItselfAsCause")));
      assert.match(cyclic, /^Error: round and round\n/);
      assert.ok(cyclic.length < TOO_LONG);
    });

    test("an aggregate error is told with the errors it is made of", async () => {
      const error = errorOf(await driver().run(attemptAt("throws.mjs#aggregate")));
      assert.match(
        error,
        /^AggregateError: no mirror\n[\s\S]*\none of: Error: first mirror\n[\s\S]*\none of: Error: second mirror\n/,
      );
    });

    const strange: readonly [name: string, error: RegExp][] = [
      ["text", /^threw what is no error: 'just text'$/],
      ["nothing", /^threw what is no error: undefined$/],
      ["nil", /^threw what is no error: null$/],
      ["trapped", /^threw what is no error: {.*message: \[Getter\]/s],
      ["trappedError", /^threw something that cannot be described$/],
      ["proxy", /^threw something that cannot be described$/],
      ["revoked", /^threw something that cannot be described$/],
    ];
    for (const [name, expected] of strange) {
      test(`whatever is thrown becomes text: ${name}`, async () => {
        assert.match(errorOf(await driver().run(attemptAt(`throws.mjs#${name}`))), expected);
        assert.equal(resultOf(await driver().run(attemptAt("answers.mjs#same", { value: 1 }))), 1);
      });
    }

    test("an error of loading says in its last line of which module; one of running does not", async () => {
      const nowhere = errorOf(await driver().run(attemptAt("nowhere.mjs#fn")));
      assert.match(
        nowhere,
        /^Error: there is no module at [\s\S]*\n {4}while loading .*\/nowhere\.mjs$/,
      );
      const missing = errorOf(await driver().run(attemptAt("throws.mjs#no\nsuch")));
      assert.equal(loadFailureOf(missing), fixture("executor/throws.mjs"));
      const ran = errorOf(await driver().run(attemptAt("throws.mjs#error")));
      assert.equal(loadFailureOf(ran), undefined);
    });

    test("of an error of 10 MB, the beginning and the end are kept", async () => {
      const error = errorOf(await driver().run(attemptAt("throws.mjs#huge")));
      assert.ok(error.length < TOO_LONG, `${error.length}`);
      assert.match(
        error,
        /^Error: begins here x+\n… \d+ characters left out …\nx+ ends here\n {4}at huge /,
      );
    });

    test("a thrown object with a million rows becomes a text of bounded size", async () => {
      const error = errorOf(await driver().run(attemptAt("throws.mjs#hugeObject")));
      assert.match(error, /^threw what is no error: {[\s\S]*more items/);
      assert.ok(error.length < TOO_LONG, `${error.length}`);
    });
  });
}
