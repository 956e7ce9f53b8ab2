import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import type { Attempt } from "../../src/executor/executor.js";
import {
  Job,
  type JobInfo,
  type JobOptions,
  type JobQueue,
  type LogEntry,
  type ReadLogsOptions,
  Worker,
} from "../../src/index.js";
import { Echo } from "../../src/worker/echo.js";
import { eventually } from "../support/eventually.js";
import { fixture } from "../support/paths.js";
import { Place } from "../support/worker.js";

/** A job of the fixture `executor/output.mjs`. */
function job(name: string, rules: Partial<JobOptions> = {}): Job {
  return new Job({ function: `${fixture("executor/output.mjs")}#${name}`, ...rules });
}

async function entries(
  queue: JobQueue,
  ref: string | number,
  options: ReadLogsOptions = {},
): Promise<LogEntry[]> {
  const all: LogEntry[] = [];
  for await (const entry of queue.readLogs(ref, options)) all.push(entry);
  return all;
}

async function lines(
  queue: JobQueue,
  ref: string | number,
  options: ReadLogsOptions = {},
): Promise<string[]> {
  return (await entries(queue, ref, options)).map(textOf);
}

function textOf(entry: LogEntry): string {
  return "omitted" in entry ? `${entry.omitted} left out` : entry.text;
}

void test("each attempt has a log of its own, and the latest is read unless another is named", async (t) => {
  const place = new Place(t);
  const { queue } = place;
  const id = await queue.submit(job("failAloud", { maxAttempts: 3 }));
  await place.worker({ until: "drain" }).start();
  assert.deepEqual(await lines(queue, id), ["attempt 3"]);
  assert.deepEqual(await lines(queue, id, { attempt: 1 }), ["attempt 1"]);
  assert.deepEqual(await lines(queue, id, { attempt: 2 }), ["attempt 2"]);
  await assert.rejects(lines(queue, id, { attempt: 4 }), {
    code: "unknown-attempt",
    hint: "It has had these: 1, 2, 3",
  });
  await queue.requeueJob(id);
  assert.deepEqual(await lines(queue, id), ["attempt 3"]);
  await place.worker({ until: "once" }).start();
  assert.deepEqual(await lines(queue, id), ["attempt 1"]);
  assert.deepEqual(await lines(queue, id, { attempt: 3 }), ["attempt 3"]);
});

void test("a job that is not there, or has not run, is told from one that wrote nothing", async (t) => {
  const { queue } = new Place(t);
  await queue.submit(job("silent"));
  await assert.rejects(lines(queue, 99), { code: "unknown-job" });
  assert.deepEqual(await lines(queue, 1), []);
  await assert.rejects(lines(queue, 1, { attempt: 1 }), {
    code: "unknown-attempt",
    hint: "It has not run yet",
  });
});

void test("an entry tells the attempt, the time, the stream, and the very bytes", async (t) => {
  const place = new Place(t);
  const beforeMs = Date.now();
  const id = await place.queue.submit(job("say", { params: { text: "grüße" } }));
  await place.worker({ until: "drain" }).start();
  const all = await entries(place.queue, id);
  const told = all.map((entry) => {
    assert.ok(!("omitted" in entry));
    const ms = Date.parse(entry.at);
    assert.ok(ms >= beforeMs && ms <= Date.now(), entry.at);
    return [entry.attempt, entry.stream, entry.text, entry.bytes.toString()];
  });
  assert.deepEqual(told.sort(), [
    [1, "log", "log grüße { n: 1 }", "log grüße { n: 1 }\n"],
    [1, "stderr", "err grüße", "err grüße\n"],
    [1, "stdout", "out grüße", "out grüße\n"],
  ]);
});

void test("one who follows hears lines while the job runs, and is through when it is over", async (t) => {
  const place = new Place(t);
  const { queue } = place;
  const file = `${place.folder}/go`;
  const id = await queue.submit(job("sayAndWait", { params: { text: "here", file } }));
  const heard: string[] = [];
  const following = (async () => {
    for await (const entry of queue.readLogs(id, { follow: true })) heard.push(textOf(entry));
  })();
  const working = place.worker({ until: "drain" }).start();
  await eventually("the line", () => heard.length === 1);
  const { status } = (await queue.getStatus(id)) as JobInfo;
  assert.deepEqual([heard, status], [["here"], "running"]);
  writeFileSync(file, "");
  await Promise.all([following, working]);
  assert.deepEqual(heard, ["here"]);
});

void test("one who follows hears the later attempts too, or only the one that was named", async (t) => {
  const place = new Place(t);
  const { queue } = place;
  const id = await queue.submit(job("failAloud", { maxAttempts: 3, retryDelay: 0.1 }));
  const all = lines(queue, id, { follow: true });
  const working = place.worker({ until: "once" }).start();
  await working;
  const first = lines(queue, id, { follow: true, attempt: 1 });
  const worker = place.worker();
  const more = worker.start();
  await queue.wait([id], { timeout: 30 });
  await worker.stop();
  await more;
  assert.deepEqual(await all, ["attempt 1", "attempt 2", "attempt 3"]);
  assert.deepEqual(await first, ["attempt 1"]);
});

void test("one who follows can be stopped", async (t) => {
  const { queue } = new Place(t);
  const id = await queue.submit(job("silent"));
  const abort = new AbortController();
  const following = lines(queue, id, { follow: true, signal: abort.signal });
  abort.abort(new Error("enough"));
  await assert.rejects(following, /enough/);
});

void test("what a job wrote before it was killed is kept", async (t) => {
  const place = new Place(t);
  const { queue } = place;
  const id = await queue.submit(job("sayAndSpin", { params: { text: "the last words" } }));
  const working = place.worker({ until: "drain", abortGrace: 0.05, killGrace: 0.05 }).start();
  for await (const entry of queue.readLogs(id, { follow: true })) {
    assert.equal(textOf(entry), "the last words");
    assert.equal(await queue.cancel(id, { force: true }), true);
  }
  await working;
  assert.deepEqual(await lines(queue, id), ["the last words"]);
});

/** Of a thread all that it writes is copied through the worker's own memory. */
const FLOODS = [
  ["process", 300],
  ["thread", 100],
] as const;

for (const [isolation, mebibytes] of FLOODS) {
  void test(`a job that prints ${mebibytes} MiB costs little memory, and others go on meanwhile (${isolation})`, async (t) => {
    const place = new Place(t);
    const { queue } = place;
    const file = `${place.folder}/done`;
    const id = await queue.submit(job("much", { params: { mebibytes, file } }));
    const others = Array.from({ length: 20 }, (_, n) => job("say", { params: { text: `${n}` } }));
    await queue.submitAll(others);
    let left = others.length;
    const worker = new Worker(place.path, {
      isolation,
      concurrency: 2,
      until: "drain",
      onEvent: (event) => {
        if (event.type === "ended" && event.id !== id && --left === 0) writeFileSync(file, "");
      },
    });
    t.after(() => worker.close());
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 5);
    await worker.start();
    clearInterval(watch);
    const size = Number(await queue.getResult(id)) * 2 ** 20;
    assert.ok(most - before < 100 * 2 ** 20, `${Math.round((most - before) / 2 ** 20)} MiB more`);
    const all = await entries(queue, id);
    const kept = all.reduce((sum, entry) => sum + ("bytes" in entry ? entry.bytes.length : 0), 0);
    const gaps = all.flatMap((entry) => ("omitted" in entry ? entry.omitted : []));
    assert.deepEqual([gaps.length, kept + gaps[0]!], [1, size]);
    assert.ok(kept > 900_000 && kept <= 2 ** 20, `${kept}`);
    for (const [n, other] of others.entries()) {
      assert.ok((await lines(queue, other.id)).includes(`out ${n}`), `job ${n}`);
    }
  });
}

void test("how far a job is can be seen while it runs, and after", async (t) => {
  const place = new Place(t);
  const { queue } = place;
  const id = await queue.submit(job("tell", { params: { calls: [[1, 4, "a"]] } }));
  assert.equal(((await queue.getStatus(id)) as JobInfo).progress, null);
  await place.worker({ until: "drain" }).start();
  const [listed] = await queue.listJobs();
  assert.deepEqual(listed!.progress, { done: 1, total: 4, message: "a" });
});

void test("a worker keeps as much of a log as it was told to", async (t) => {
  const place = new Place(t);
  const { queue } = place;
  for (const logLimit of [0, 10_000]) {
    const id = await queue.submit(job("much", { params: { mebibytes: 1 } }));
    await place.worker({ until: "drain", logLimit }).start();
    const all = await entries(queue, id);
    const kept = all.reduce((sum, entry) => sum + ("bytes" in entry ? entry.bytes.length : 0), 0);
    assert.ok(kept <= logLimit && kept >= logLimit * 0.8, `${kept} of ${logLimit}`);
  }
  for (const logLimit of [-1, 1.5, 1_000, Number.NaN]) {
    assert.throws(() => new Worker(place.path, { logLimit }), { code: "usage" });
  }
});

void test("an event tells which attempt wrote something", async (t) => {
  const place = new Place(t);
  const id = await place.queue.submit(job("say", { params: { text: "hello" } }));
  const worker = place.worker({ until: "drain", workerId: "box" });
  await worker.start();
  assert.deepEqual(
    worker.of("output").map(({ stream, text, seq, attempt, workerId, ...rest }) => {
      return [stream, text, rest.id === id, seq, attempt, workerId];
    }),
    [
      ["stdout", "out hello\n", true, 1, 1, "box"],
      ["stderr", "err hello\n", true, 1, 1, "box"],
    ],
  );
});

void test("a character that comes in two chunks is whole in the echo, whoever writes in between", () => {
  const echo = new Echo();
  const [one, other] = [{}, {}] as [Attempt, Attempt];
  const bytes = Buffer.from("a€b");
  assert.equal(echo.textOf("stdout", bytes.subarray(0, 2), one), "a");
  assert.equal(echo.textOf("stdout", Buffer.from("x"), other), "x");
  assert.equal(echo.textOf("stderr", Buffer.from("y"), one), "y");
  assert.equal(echo.textOf("stdout", bytes.subarray(2), one), "€b");
});
