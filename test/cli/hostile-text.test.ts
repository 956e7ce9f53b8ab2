import assert from "node:assert/strict";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { Desk, says } from "./desk.js";

/** Turns the screen red, moves the cursor, sets the title, in both encodings; and turns text around. */
const HOSTILE = "a\x1b[31mb\x1b[2J\x1b]0;title\x07c\x9b31m\u202ed\u2066\re\nf\tg\x00\x7fh\u0085";
const HARMLESS = "abc31mde f gh";

/** What a terminal would obey, but for line breaks and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about.
const OBEYED = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

void test("what users wrote is harmless in every answer", async (t) => {
  const desk = new Desk(t);
  const options = {
    function: `${desk.path("jobs.mjs")}#fail`,
    name: HOSTILE,
    description: HOSTILE,
    params: { message: HOSTILE, [HOSTILE]: HOSTILE },
    maxAttempts: 1,
  };
  await desk.queue.submitAll([new Job(options), new Job(options)]);
  await desk.queue.cancel(2);
  const worker = await desk.gigq("worker --drain --isolation inline");
  const answers = await Promise.all(
    ["list", "status 1", "status 1 --show-params --show-executions", "wait 1", "cancel 1"].map(
      (line) => desk.gigq(line),
    ),
  );
  const requeue = await desk.gigq("requeue 1");
  for (const { stdout, stderr } of [worker, ...answers, requeue]) {
    assert.doesNotMatch(stdout, OBEYED);
    assert.doesNotMatch(stderr, OBEYED);
  }
  const [list, status, , wait, cancel] = answers;
  // Of an error the first line is shown.
  const error = `TypeError: ${HARMLESS.replace(/ f.*/, "")}`;
  assert.match(
    list!.stdout,
    new RegExp(`^2  ${HARMLESS}  cancelled .*\n1  ${HARMLESS}  failed .*  ${error}\n`, "m"),
  );
  assert.ok(status!.stdout.startsWith(`${HARMLESS} #1  failed after 1 attempt\n`), status!.stdout);
  assert.equal(wait!.stderr, `${HARMLESS} #1 failed after 1 attempt: ${error}\n`);
  assert.equal(
    cancel!.stderr,
    `gigq: #1 ${HARMLESS} is failed already\nOnly jobs that are not over can be cancelled\n`,
  );
  assert.deepEqual(requeue, says({ stdout: `Requeued ${HARMLESS} #1\n` }));
  assert.match(worker.stderr, new RegExp(`#1 ${HARMLESS} +failed +\\S+ +${error}\n`));
});

void test("in JSON the text is whole, and every control character an escape", async (t) => {
  const desk = new Desk(t);
  await desk.queue.submit(
    new Job({ function: `${desk.path("jobs.mjs")}#echo`, name: HOSTILE, params: { x: HOSTILE } }),
  );
  const worker = await desk.gigq("worker --drain --log-format json");
  const [list, status, error] = await Promise.all([
    desk.gigq("list --json"),
    desk.gigq("status 1 --json"),
    desk.gigq("cancel 1 --json"),
  ]);
  for (const { stdout, stderr } of [worker, list, status, error]) {
    assert.doesNotMatch(stdout, OBEYED);
    assert.doesNotMatch(stderr, OBEYED);
  }
  const [job] = JSON.parse(list!.stdout);
  assert.deepEqual([job.name, job.params.x, job.result.x], [HOSTILE, HOSTILE, HOSTILE]);
  assert.equal(JSON.parse(status!.stdout).name, HOSTILE);
  assert.equal(JSON.parse(worker.stderr.split("\n")[1]!).name, HOSTILE);
});
