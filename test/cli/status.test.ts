import assert from "node:assert/strict";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { Desk, refuses, says } from "./desk.js";

void test("status tells everything about a job that failed", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#fail -p file=a.png --max-attempts 2 --priority 1");
  await desk.work();
  const text = await desk.ask("status 1");
  const { id } = await desk.job(1);
  const lines = [
    /^fail #1 {2}failed after 2 attempts$/,
    new RegExp(`^  id        ${id}$`),
    /^ {2}function {2}\.\/jobs\.mjs#fail$/,
    /^ {2}params {4}\{"file":"a\.png"\}$/,
    /^ {2}created {3}[\d-]{10} [\d:]{8} \(\S+ ago\) · finished [\d-]{10} [\d:]{8}$/,
    /^ {2}rules {5}2 attempts · timeout 5m · priority 1$/,
    /^$/,
    /^ {2}TRY {2}STATUS {2}STARTED {2,}TOOK {2}WORKER$/,
    /^ {4}1 {2}failed {2}[\d:]{8} +\S+ {2}w {7}TypeError: bad header$/,
    /^ {4}2 {2}failed {2}[\d:]{8} +\S+ {2}w {7}TypeError: bad header$/,
    /^ {6}TypeError: bad header$/,
    /^ {10}at fail \(.*jobs\.mjs:\d+:\d+\)$/,
    /^ {2}next: gigq logs 1 · gigq requeue 1$/,
    /^$/,
  ];
  const said = text.split("\n");
  for (const [index, pattern] of lines.entries()) assert.match(said[index] ?? "(nothing)", pattern);
  assert.equal(said.length, lines.length);
});

void test("status cuts what is long, and shows it in full when asked", async (t) => {
  const desk = new Desk(t);
  const long = "x".repeat(300);
  await desk.ask(`submit ./jobs.mjs#echo -p text=${long} --description about`);
  await desk.ask("submit ./jobs.mjs#fail --max-attempts 2");
  await desk.work();
  const [short, params, result, executions] = await Promise.all([
    desk.ask("status 1"),
    desk.ask("status 1 --show-params"),
    desk.ask("status 1 --show-result"),
    desk.ask("status 2 --show-executions"),
  ]);
  const json = (indent: string) => `{\n${indent}  "text": "${long}"\n${indent}}`;
  assert.ok(!short.includes(long) && short.includes('{"text":"xxx') && short.includes("x…"), short);
  assert.match(short, /^ {2}about {5}about$/m);
  assert.ok(params.includes(`  params    ${json(" ".repeat(12))}\n`), params);
  assert.ok(result.includes(`  result    ${json(" ".repeat(12))}\n`), result);
  assert.match(executions, /^ {6}attempt 1: TypeError: bad header\n {10}at fail /m);
  assert.match(executions, /^ {6}attempt 2: TypeError: bad header\n {10}at fail /m);
});

void test("status --json has the API's names, one job as an object and several as a list", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet -p name=Ada");
  await desk.ask("submit ./jobs.mjs#fail --max-attempts 1");
  await desk.work();
  const [one, both] = await Promise.all([
    desk.ask("status 1 --json"),
    desk.ask("--json status 2 1"),
  ]);
  assert.deepEqual(JSON.parse(one), await desk.job(1));
  assert.deepEqual(JSON.parse(both), [await desk.job(2), await desk.job(1)]);
  const [run] = JSON.parse(one).executions;
  assert.deepEqual(
    [JSON.parse(one).result, run.attempt, run.status, run.workerId, run.error],
    ["Hello, Ada!", 1, "completed", "w", null],
  );
});

void test("jobs are named by number, by number sign or by id, and the missing ones are told", async (t) => {
  const desk = new Desk(t);
  const id = (await desk.ask("submit ./jobs.mjs#greet")).trim();
  const other = "01a2014a-02d9-7000-b099-443930d61f9f";
  const [all, some, json, none] = await Promise.all([
    desk.ask(`status #1 ${id.toUpperCase()}`),
    desk.gigq(`status 7 1 ${other}`),
    desk.gigq("status 1 7 --json"),
    desk.gigq(`status ${other}`),
  ]);
  assert.equal(all.match(/^greet #1 {2}pending$/gm)?.length, 2);
  assert.deepEqual([some.status, some.stdout.match(/^greet #1/gm)?.length], [3, 1]);
  const hint = "gigq list shows the jobs there are";
  assert.equal(some.stderr, `gigq: there is no job #7, ${other}\n${hint}\n`);
  assert.equal(json.status, 3);
  assert.deepEqual(JSON.parse(json.stdout), [await desk.job(1)]);
  assert.deepEqual(JSON.parse(json.stderr), {
    error: { code: "unknown-job", message: "there is no job #7", hint },
  });
  assert.deepEqual(none, refuses(3, `there is no job ${other}`, hint));
});

void test("status says what a job waits for and what to do next", async (t) => {
  const desk = new Desk(t);
  const at = new Date(Date.now() + 7_200_000);
  const job = () => new Job({ function: `${desk.path("jobs.mjs")}#greet` });
  const parent = job();
  const child = new Job({ function: "pack#child", dependencies: [parent.id], priority: 2 });
  const late = new Job({ function: "/elsewhere/jobs.mjs#late", runAt: at, timeout: null });
  await desk.queue.submitAll([parent, child, late]);
  const text = await desk.ask("status 1 2 3");
  const [first, second, third] = text.split("\n\n");
  assert.match(first!, /^greet #1 {2}pending\n[\s\S]*\n {2}next: gigq wait 1 · gigq cancel 1$/);
  assert.match(
    second!,
    /^child #2 {2}pending, waits for 1 parent\n[\s\S]*\n {2}function {2}pack#child\n/,
  );
  assert.match(
    second!,
    new RegExp(`\n  rules     3 attempts · timeout 5m · priority 2\n  after     ${parent.id}\n`),
  );
  assert.match(
    third!,
    /^late #3 {2}pending, due in (2h|1h\d+m)\n[\s\S]* {2}function {2}\/elsewhere\/jobs\.mjs#late\n/,
  );
  assert.match(third!, /\n {2}rules {5}3 attempts · no timeout\n/);
  assert.deepEqual((await desk.gigq("status 1 2 3")).status, says({}).status);
});
