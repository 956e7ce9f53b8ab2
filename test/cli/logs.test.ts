import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { collect, said } from "../support/gigq.js";
import { Desk, refuses, says } from "./desk.js";

const TIME = /^\d\d:\d\d:\d\d\.\d{3}/gm;

void test("logs shows when each line of the latest attempt was written, and marks stderr", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#talk");
  await desk.gigq("worker --drain");
  const text = await desk.ask("logs 1");
  assert.deepEqual(text.replaceAll(TIME, "TIME").split("\n").sort(), [
    "",
    "TIME   to stdout",
    "TIME ! to stderr",
  ]);
});

void test("logs shows the attempt that is asked for, and says which there are", async (t) => {
  const desk = new Desk(t);
  desk.bring("telling.mjs");
  await desk.ask("submit ./telling.mjs#tryAloud");
  await desk.gigq("worker --drain");
  const [latest, first, none] = await Promise.all([
    desk.ask("logs 1"),
    desk.ask("logs 1 --attempt 1"),
    desk.gigq("logs 1 --attempt 3"),
  ]);
  const lines = (text: string) => text.replaceAll(TIME, "").trimEnd().split("\n").sort();
  assert.deepEqual(lines(latest), ["   attempt 2", "   kept"]);
  assert.deepEqual(lines(first), ["   attempt 1", "   kept"]);
  assert.deepEqual(none, refuses(3, "#1 tryAloud has no attempt 3", "It has had these: 1, 2"));
});

void test("logs --json gives an object a line, and bytes that are no text in base64", async (t) => {
  const desk = new Desk(t);
  desk.bring("telling.mjs");
  const bytes = Buffer.from([0xff, 0x00, 0x0a]).toString("base64");
  await desk.ask(["submit", "./telling.mjs#tryAloud", "-p", `bytes=${bytes}`]);
  await desk.gigq("worker --drain");
  const objects = (await desk.ask("logs 1 --json"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const { at } of objects) assert.equal(new Date(at).toISOString(), at);
  const rest = objects.map(({ at, ...others }) => JSON.stringify(others)).sort();
  assert.deepEqual(rest, [
    `{"attempt":2,"stream":"log","text":"kept"}`,
    `{"attempt":2,"stream":"stdout","base64":"${bytes}"}`,
    `{"attempt":2,"stream":"stdout","text":"attempt 2"}`,
  ]);
});

void test("logs --raw writes the very bytes", async (t) => {
  const desk = new Desk(t);
  desk.bring("telling.mjs");
  const bytes = Buffer.from("no text: \x00\xff\xfe, no line break", "latin1");
  await desk.ask(["submit", "./telling.mjs#tryAloud", "-p", `bytes=${bytes.toString("base64")}`]);
  await desk.gigq("worker --once");
  const child = desk.start("logs 1 --raw");
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  await once(child, "close");
  const text = Buffer.concat(chunks).toString("latin1").replace("kept\n", "");
  assert.equal(text, `attempt 1\n${bytes.toString("latin1")}`);
});

void test("a job that wrote nothing is no error, and that is said", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  assert.deepEqual(await desk.gigq("logs 1"), says({ stderr: "greet #1 has not run yet\n" }));
  await desk.gigq("worker --drain");
  assert.deepEqual(await desk.gigq("logs 1"), says({ stderr: "greet #1 has written nothing\n" }));
});

void test("calls of logs that make no sense are refused", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  const [unknown, both, many, zero] = await Promise.all([
    desk.gigq("logs 7"),
    desk.gigq("logs 1 --raw --json"),
    desk.gigq("logs 1 2"),
    desk.gigq("logs 1 --attempt 0"),
  ]);
  assert.deepEqual(unknown, refuses(3, "there is no job #7", "gigq list shows the jobs there are"));
  assert.equal(both.status, 2);
  assert.deepEqual(many, refuses(2, 'too many arguments: "2"', "Give one job: gigq logs 42"));
  assert.deepEqual(zero, refuses(2, "--attempt: 0 is too small", "The smallest is 1"));
});

void test("logs -f follows a job from before it runs through all its attempts", async (t) => {
  const desk = new Desk(t);
  desk.bring("telling.mjs");
  await desk.ask(["submit", "./telling.mjs#tryAloud", "-p", `file=${desk.path("go")}`]);
  const follower = desk.start("logs 1 -f");
  const [stdout, stderr] = [collect(follower.stdout), collect(follower.stderr)];
  const ended = once(follower, "close");
  const worker = desk.gigq("worker --drain");
  // Else both attempts might be over before it looks.
  await said(follower.stdout, /attempt 1/);
  writeFileSync(desk.path("go"), "");
  assert.deepEqual(await ended, [0, null]);
  await worker;
  const lines = stdout().replaceAll(TIME, "").trimEnd().split("\n");
  assert.deepEqual(lines.slice(0, 2).sort(), ["   attempt 1", "   kept"]);
  assert.deepEqual(lines.slice(2).sort(), ["   attempt 2", "   kept"]);
  assert.equal(stderr(), "attempt 1\nattempt 2\n");
});

void test("Ctrl-C ends logs -f with 130", async (t) => {
  const desk = new Desk(t);
  desk.bring("telling.mjs");
  await desk.ask(["submit", "./telling.mjs#measured", "-p", `file=${desk.path("go")}`]);
  desk.start("worker --once");
  const follower = desk.start("logs 1 -f");
  const ended = once(follower, "close");
  await said(follower.stdout, /measuring/);
  follower.kill("SIGINT");
  assert.deepEqual(await ended, [130, null]);
  writeFileSync(desk.path("go"), "");
});

void test("list and status show how far a running job is", async (t) => {
  const desk = new Desk(t);
  desk.bring("telling.mjs");
  await desk.ask(["submit", "./telling.mjs#measured", "-p", `file=${desk.path("go")}`]);
  const worker = desk.start("worker --once");
  const done = once(worker, "close");
  let list = "";
  while (!list.includes("%")) list = await desk.ask("list");
  assert.match(list, /^1 {2}measured {2}running +1\/3 +\S+ +\S+ {2}62 % 310\/500 thumbnails$/m);
  assert.match(await desk.ask("status 1"), /^ {2}progress {2}62 % 310\/500 thumbnails$/m);
  writeFileSync(desk.path("go"), "");
  await done;
  const { progress } = JSON.parse(await desk.ask("status 1 --json"));
  assert.deepEqual(progress, { done: 310, total: 500, message: "thumbnails\x1b[31m" });
});

void test("run prints all that its job wrote before it ends", async (t) => {
  const desk = new Desk(t);
  desk.bring("telling.mjs");
  const ran = await desk.gigq("run ./telling.mjs#chatter -p lines=100000");
  const lines = Array.from({ length: 100_000 }, (_, n) => `line ${n}\n`).join("");
  assert.deepEqual(ran, says({ stdout: "done\n", stderr: lines }));
});

void test("what an inline job prints is printed and kept, and what its worker says is not", async (t) => {
  const desk = new Desk(t);
  for (const concurrency of [1, 2]) {
    const id = (await desk.ask("submit ./jobs.mjs#talk")).trim();
    const worker = await desk.gigq(
      `worker --drain --isolation inline --concurrency ${concurrency}`,
    );
    assert.equal(worker.stdout, "to stdout\n");
    assert.match(worker.stderr, /^to stderr$/m);
    const text = await desk.ask(`logs ${id}`);
    assert.equal(text.replaceAll(TIME, ""), "   to stdout\n ! to stderr\n");
  }
});
