import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isAlive } from "../support/alive.js";
import { eventually } from "../support/eventually.js";
import { said } from "../support/gigq.js";
import { Trace } from "../support/trace.js";

const DOOMED = fileURLToPath(new URL("../support/doomed-worker.js", import.meta.url));

function start(t: TestContext, address: string, trace: Trace): ReturnType<typeof spawn> {
  const worker = spawn(process.execPath, [DOOMED, address, trace.path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => worker.kill("SIGKILL"));
  return worker;
}

async function pidOf(trace: Trace, word: string): Promise<number> {
  const pid = Number((await trace.line(word)).split(" ")[1]);
  assert.equal(isAlive(pid), true);
  return pid;
}

void test("when a worker is killed, its child goes, with all that the job has started", async (t) => {
  const trace = new Trace(t);
  const worker = start(t, "stubborn.mjs#family", trace);
  const [child, grandchild] = [await pidOf(trace, "begin"), await pidOf(trace, "child")];
  worker.kill("SIGKILL");
  await once(worker, "exit");
  await eventually("the child's end", () => !isAlive(child));
  await eventually("the grandchild's end", () => !isAlive(grandchild));
});

void test("when a worker is killed, a child that has nothing to do goes too", async (t) => {
  const trace = new Trace(t);
  const worker = start(t, "stubborn.mjs#idle", trace);
  await said(worker.stdout!, /ended/);
  const child = await pidOf(trace, "begin");
  worker.kill("SIGKILL");
  await eventually("the child's end", () => !isAlive(child));
});
