import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Attribution, type StandardStream } from "../../src/executor/attribution.js";
import type { Report } from "../../src/executor/messages.js";
import { Separator } from "../../src/executor/separator.js";

const TOKEN = Separator.newToken();
const SEPARATOR = new Separator(TOKEN);

/** A child that is played by the test, and what the worker is told of it. */
class Stage {
  readonly attribution: Attribution;
  /** `n: text` for output, `n ended` for the end. */
  readonly told: string[] = [];
  begun = 0;

  constructor(t: TestContext) {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const mark = { begun: () => ({ n: this.begun, atMs: 0 }) };
    this.attribution = new Attribution(TOKEN, mark, {
      output: (_, bytes, n) => {
        const last = this.told.at(-1);
        const joins = last?.startsWith(`${n}: `);
        if (joins) this.told[this.told.length - 1] = last + bytes.toString();
        else this.told.push(`${n}: ${bytes}`);
      },
      told: (told, n) => this.told.push(`${n} ${told.type}`),
      report: (report) => this.told.push(`${"n" in report ? report.n : 0} ${report.type}`),
    });
    this.attribution.sent([1, 2, 3]);
  }

  write(text: string, stream: StandardStream = "stdout"): void {
    this.attribution.receive(stream, Buffer.from(text));
  }

  separate(n: number, stream: StandardStream = "stdout"): void {
    this.attribution.receive(stream, SEPARATOR.after(n));
  }

  end(n: number, cut?: StandardStream[]): void {
    this.attribution.report(ended(n, cut));
  }
}

function ended(n: number, cut?: StandardStream[]): Report {
  const outcome = { type: "completed", result: "null" } as const;
  return { type: "ended", n, ms: 1, outcome, last: false, cut };
}

void test("an end waits until the separators of both streams have come", (t) => {
  const stage = new Stage(t);
  stage.begun = 1;
  stage.write("one");
  stage.end(1, ["stdout", "stderr"]);
  stage.separate(1);
  assert.deepEqual(stage.told, ["1: one"]);
  stage.write("late", "stderr");
  stage.separate(1, "stderr");
  assert.deepEqual(stage.told, ["1: onelate", "1 ended"]);
});

void test("reports keep their order while one of them waits", (t) => {
  const stage = new Stage(t);
  stage.begun = 2;
  stage.end(1, ["stdout"]);
  stage.end(2);
  stage.attribution.report({ type: "log", n: 3, text: "x" });
  assert.deepEqual(stage.told, []);
  stage.separate(1);
  assert.deepEqual(stage.told, ["1 ended", "2 ended", "3 log"]);
});

void test("separators are found wherever chunks are cut", (t) => {
  const stage = new Stage(t);
  stage.begun = 3;
  const bytes = Buffer.concat([
    Buffer.from("one"),
    SEPARATOR.after(1),
    SEPARATOR.after(2),
    Buffer.from("three"),
    SEPARATOR.after(3),
  ]);
  for (const byte of bytes) stage.attribution.receive("stdout", Buffer.from([byte]));
  for (const n of [1, 2, 3]) stage.end(n, ["stdout"]);
  assert.deepEqual(stage.told, ["1: one", "3: three", "1 ended", "2 ended", "3 ended"]);
});

void test("what a batch has written is told apart, though the last of it runs already", (t) => {
  const stage = new Stage(t);
  stage.begun = 3;
  stage.write("one");
  stage.separate(1);
  stage.write("three");
  stage.end(1, ["stdout"]);
  stage.end(2);
  t.mock.timers.tick(10);
  stage.separate(3);
  stage.end(3, ["stdout"]);
  assert.deepEqual(
    stage.told.filter((one) => one.includes(":")),
    ["1: one", "3: three"],
  );
});

void test("what is in doubt is settled after a while, even if nothing else comes", async (t) => {
  const stage = new Stage(t);
  stage.begun = 2;
  stage.write("two");
  assert.deepEqual(stage.told, []);
  t.mock.timers.tick(20);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(stage.told, ["2: two"]);
});

void test("a separator that does not come is waited for a second, once", (t) => {
  const stage = new Stage(t);
  stage.begun = 1;
  stage.end(1, ["stdout", "stderr"]);
  stage.separate(1, "stderr");
  t.mock.timers.tick(999);
  assert.deepEqual(stage.told, []);
  t.mock.timers.tick(1);
  assert.deepEqual(stage.told, ["1 ended"]);
  stage.end(2, ["stdout"]);
  assert.deepEqual(stage.told, ["1 ended", "2 ended"]);
});

void test("a stream that is closed is waited for no longer", (t) => {
  const stage = new Stage(t);
  stage.begun = 1;
  stage.write("\0\x1egigq ");
  stage.end(1, ["stdout", "stderr"]);
  stage.attribution.closed("stdout");
  stage.attribution.closed("stderr");
  assert.deepEqual(stage.told, ["1: \0\x1egigq ", "1 ended"]);
});

void test("when the child is gone all that was kept back is told, output first", (t) => {
  const stage = new Stage(t);
  stage.begun = 2;
  stage.end(1, ["stdout"]);
  stage.write("two");
  stage.attribution.end();
  assert.deepEqual(stage.told, ["2: two", "1 ended"]);
});

void test("what comes before the first attempt is nobody's", (t) => {
  const stage = new Stage(t);
  stage.write("boot");
  assert.deepEqual(stage.told, ["0: boot"]);
  stage.begun = 1;
  stage.write("one");
  assert.deepEqual(stage.told, ["0: boot", "1: one"]);
});
