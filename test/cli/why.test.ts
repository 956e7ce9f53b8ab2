import assert from "node:assert/strict";
import { test } from "node:test";
import { Job, type Reason, Worker } from "../../src/index.js";
import { PATIENCE_MS } from "../support/eventually.js";
import { Desk, refuses, says } from "./desk.js";

const typesOf = (reasons: readonly Reason[]) => reasons.map(({ type }) => type);

async function why(desk: Desk, ref: number): Promise<Reason["type"][]> {
  return typesOf((await desk.queue.explain(ref)).reasons);
}

/** Asks again and again until the answer is yes. */
async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!(await ask())) {
    if (performance.now() > endMs) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

void test("why names every reason, and what to do", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#fail -n fetch --max-attempts 1");
  await desk.ask("submit ./jobs.mjs#greet --depends-on 1 --on-parent-failure wait");
  await desk.ask("submit ./jobs.mjs#greet -n report --depends-on 2 --delay 1h");
  await desk.work();
  const [one, two, three, json, missing] = await Promise.all([
    desk.ask("why 1"),
    desk.ask("why 2"),
    desk.ask("why 3"),
    desk.ask("why 2 --json"),
    desk.gigq("why 2 9"),
  ]);
  assert.match(
    one,
    /^fetch #1 {2}failed after 1 attempt\n {2}failed .* ago, after 1 attempt: TypeError: bad header\n {2}next: gigq requeue 1\n$/,
  );
  const stuck = "waits for fetch #1, which failed: it can never run unless that is requeued";
  const said = [
    "greet #2  pending, waits for 1 parent",
    `  ${stuck}`,
    "  no worker is alive on this queue",
    "  next: gigq requeue 1 · gigq worker",
    "",
  ].join("\n");
  assert.equal(two, said);
  assert.match(
    three,
    /\n {2}waits for greet #2, which waits for fetch #1, which failed: .*\n {2}was submitted to run at .* \(in 1h\), and not before\n {2}no worker/,
  );
  const explanation = await desk.queue.explain(2);
  assert.deepEqual(JSON.parse(json), explanation);
  assert.deepEqual(typesOf(explanation.reasons), ["parent", "no-worker"]);
  const [parent] = explanation.reasons;
  assert.ok(parent?.type === "parent");
  const named = ({ id, seq, name }: { id: string; seq: number; name: string }) => [id, seq, name];
  const { id } = await desk.job(1);
  assert.deepEqual(named(parent.requeue!), [id, 1, "fetch"]);
  assert.deepEqual(
    missing,
    says({
      status: 3,
      stdout: said,
      stderr: "gigq: there is no job #9\ngigq list shows the jobs there are\n",
    }),
  );
  const unknown = refuses(3, "there is no job #9", "gigq list shows the jobs there are");
  assert.deepEqual(await desk.gigq("why 9"), unknown);
  await assert.rejects(desk.queue.explain(9), { code: "unknown-job" });
});

void test("a job runs, waits behind others for a busy worker, and is taken over from a dead one", async (t) => {
  const desk = new Desk(t);
  const at = `${desk.path("jobs.mjs")}#hold`;
  const file = desk.path("held");
  const hold = (rules: object) => new Job({ function: at, params: { file }, ...rules });
  await desk.queue.submitAll([hold({ priority: 9 }), hold({}), hold({}), hold({ priority: 5 })]);
  assert.deepEqual(await why(desk, 3), ["behind", "no-worker"]);
  const worker = desk.start("worker --worker-id box");
  await desk.pids("held");
  const { reasons } = await desk.queue.explain(1);
  assert.ok(reasons[0]?.type === "running");
  assert.deepEqual([reasons[0].slot, reasons.length], ["box", 1]);
  // What was claimed ahead is given back soon, for the first job takes its time.
  await until("the others to be given back", async () => (await desk.job(3)).status === "pending");
  const behind = (await desk.queue.explain(3)).reasons;
  assert.deepEqual(behind, [
    { type: "behind", higher: 1, earlier: 1, atLeast: false },
    { type: "all-busy", workers: 1, slots: 1 },
  ]);
  worker.kill("SIGKILL");
  await until("the death to be seen", async () => (await why(desk, 1)).includes("worker-dead"));
  assert.deepEqual(await why(desk, 1), ["worker-dead", "no-worker"]);
  assert.match(
    await desk.ask("why 1"),
    /\n {2}its worker box on .* is dead; the next worker takes it over\n/,
  );
});

void test("a module that could not be loaded is a reason, and so is a worker that declines", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#gret -n report --max-attempts 2 --retry-delay 1h");
  await desk.ask("submit ./jobs.mjs#greet -n other --depends-on 1");
  await desk.work();
  const module = desk.path("jobs.mjs");
  const { reasons } = await desk.queue.explain(1);
  assert.deepEqual(typesOf(reasons), ["delayed", "load-failed", "no-worker"]);
  assert.ok(reasons[1]?.type === "load-failed");
  assert.equal(reasons[1].module, module);
  assert.match(
    await desk.ask("why 1"),
    /\n {2}its module .*jobs\.mjs could not be loaded: TypeError: .* has no export "gret"/,
  );
  const worker = new Worker(desk.db, { isolation: "inline", names: ["x-*"], workerId: "picky" });
  const working = worker.start();
  t.after(() => worker.close());
  await until("the worker to be there", async () => (await desk.queue.workers()).length === 1);
  assert.deepEqual((await desk.queue.explain(1)).reasons.at(-1), {
    type: "not-taken",
    workers: [{ workerId: "picky", minPriority: null, names: ["x-*"] }],
  });
  await worker.close();
  await working;
});
