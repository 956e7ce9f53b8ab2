import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk, refuses, says } from "./desk.js";

void test("status --tree draws what a job hangs on and what hangs on it", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#fail --max-attempts 1");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 1 --on-parent-failure wait");
  await desk.ask("submit ./jobs.mjs#echo --depends-on 2 -n report");
  await desk.work();
  const [one, both, missing] = await Promise.all([
    desk.ask("status --tree 2"),
    desk.ask("status 1 3 --tree"),
    desk.gigq("status --tree 3 9"),
  ]);
  const drawn = (mark: number) =>
    [
      `fail #1${mark === 1 ? " ◀" : ""}  failed after 1 attempt: TypeError: bad header`,
      `↓ greet #2${mark === 2 ? " ◀" : ""}  pending, waits for fail #1 (failed)`,
      `↓ report #3${mark === 3 ? " ◀" : ""}  pending, waits for greet #2`,
      "",
    ].join("\n");
  assert.equal(one, drawn(2));
  assert.equal(both, `${drawn(1)}\n${drawn(3)}`);
  assert.deepEqual(
    missing,
    says({
      status: 3,
      stdout: drawn(3),
      stderr: "gigq: there is no job #9\ngigq list shows the jobs there are\n",
    }),
  );
});

void test("status --tree --json gives the family, and shows no job in full", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 1");
  const [one, two, refused] = await Promise.all([
    desk.ask("status --tree 1 --json"),
    desk.ask("status --tree 1 2 --json"),
    desk.gigq("status --tree 1 --show-params"),
  ]);
  const family = await desk.queue.getFamily(1);
  assert.deepEqual(JSON.parse(one), family);
  assert.deepEqual(JSON.parse(two), [family, { ...family, id: family.jobs[1]!.id }]);
  assert.deepEqual(
    refused,
    refuses(
      2,
      "--tree shows many jobs, and none in full",
      "Leave the other out, or --tree; --tree --json has the params and results of all",
    ),
  );
});
