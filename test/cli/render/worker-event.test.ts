import assert from "node:assert/strict";
import { test } from "node:test";
import { PLAIN } from "../../../src/cli/render/theme.js";
import { renderEvent, renderEventJson } from "../../../src/cli/render/worker-event.js";
import { GigqError, type WorkerEvent } from "../../../src/index.js";
import { NOW_MS } from "./a-job.js";

const attempt = {
  id: "0193a1e0-55aa-7c11-8d07-90cfe2c6b0aa",
  seq: 41,
  name: "import",
  attempt: 1,
  maxAttempts: 3,
  workerId: "box-0",
};
const started = {
  type: "started",
  workerId: "box",
  location: "/q.db",
  concurrency: 8,
  isolation: "thread",
} as const;
const ended = {
  type: "ended",
  ...attempt,
  outcome: "failed",
  status: "pending",
  error: "TypeError: bad\n    at parse",
  durationMs: 310,
  runAt: null,
} as const;

function line(event: WorkerEvent): string {
  const text = renderEvent(event, PLAIN, NOW_MS);
  assert.match(text, /^\d\d:\d\d:\d\d {2}[^\n]*\n$/);
  return text.slice(10, -1);
}

void test("each event is a line for people", () => {
  const events: readonly WorkerEvent[] = [
    { ...started, minPriority: null, names: null },
    { ...started, minPriority: 50, names: null },
    { ...started, minPriority: -5, names: ["import", "report-*\n"] },
    { type: "begun", ...attempt },
    ended,
    { ...ended, runAt: NOW_MS + 2_000 },
    { ...ended, outcome: "lost", status: "failed", error: "its worker is gone" },
    { ...ended, outcome: "timeout", status: "timeout", error: "ran past its timeout of 2 s" },
    { ...ended, outcome: "completed", status: "completed", error: null, durationMs: 1_200 },
    { type: "released", ...attempt },
    { type: "stale", ...attempt },
    { type: "trouble", workerId: "box", error: new GigqError("busy", "held by\nanother") },
    { type: "stopping", workerId: "box", running: 2, withinMs: 30_000 },
    { type: "stopping", workerId: "box", running: 1, withinMs: 200 },
    { type: "stopped", workerId: "box", completed: 214, failed: 1, released: 0 },
  ];
  assert.deepEqual(events.map(line), [
    "worker box on /q.db · 8 at a time · threads",
    "worker box on /q.db · 8 at a time · threads · only priority 50 and up",
    "worker box on /q.db · 8 at a time · threads · only priority -5 and up · import, report-*",
    "#41 import      started    try 1/3  box-0",
    "#41 import      failed     0.3s  TypeError: bad · again now",
    "#41 import      failed     0.3s  TypeError: bad · again in 2s",
    "#41 import      lost       0.3s  its worker is gone",
    "#41 import      timeout    0.3s  ran past its timeout of 2 s",
    "#41 import      done       1.2s",
    "#41 import      given back",
    "#41 import      stale      not this worker's any more; its outcome is not written",
    "trouble: held by another · trying again",
    "stopping: 2 jobs still running, up to 30s (again to stop now)",
    "stopping: 1 job still running, up to 0.2s (again to stop now)",
    "stopped: 214 done, 1 failed, 0 given back",
  ]);
});

void test("a worker among others gives its name where it speaks of itself", () => {
  const words = (event: WorkerEvent) => renderEvent(event, PLAIN, NOW_MS, true).slice(10);
  assert.equal(
    words({ type: "stopped", workerId: "box.2", completed: 1, failed: 0, released: 0 }),
    "box.2 stopped: 1 done, 0 failed, 0 given back\n",
  );
  assert.equal(words({ type: "begun", ...attempt }), `${line({ type: "begun", ...attempt })}\n`);
});

void test("what a job writes is passed on as it is, and harmless on a terminal", () => {
  const event = { type: "output", stream: "stdout", text: "50 %\r\x1b[31m60 %\n" } as const;
  assert.equal(renderEvent(event, PLAIN, NOW_MS), event.text);
  assert.equal(renderEvent(event, { ...PLAIN, width: 80 }, NOW_MS), "50 %60 %\n");
});

void test("in JSON an event is one line, with the time and its own fields", () => {
  const text = renderEventJson(ended, NOW_MS);
  assert.equal(text.indexOf("\n"), text.length - 1);
  assert.deepEqual(JSON.parse(text), { time: "2026-11-22T10:00:00.000Z", ...ended });
  const error = new GigqError("busy", "held by another", { hint: "Wait" });
  assert.deepEqual(
    JSON.parse(renderEventJson({ type: "trouble", workerId: "box", error }, NOW_MS)),
    {
      time: "2026-11-22T10:00:00.000Z",
      type: "trouble",
      workerId: "box",
      error: { code: "busy", message: "held by another", hint: "Wait" },
    },
  );
});
