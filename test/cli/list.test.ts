import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Job } from "../../src/index.js";
import { collect } from "../support/gigq.js";
import { Desk } from "./desk.js";

/** Four jobs: one completed, one failed, one cancelled for its sake, one that waits. */
async function fill(desk: Desk): Promise<void> {
  const at = (name: string) => `${desk.path("jobs.mjs")}#${name}`;
  const failing = new Job({ function: at("fail"), maxAttempts: 1, params: { message: "a\nb" } });
  await desk.queue.submitAll([
    new Job({ function: at("greet"), name: `long ${"name ".repeat(40)}` }),
    failing,
    new Job({ function: at("greet"), dependencies: [failing.id] }),
    new Job({ function: at("greet"), runAt: new Date(Date.now() + 86_400_000 * 3) }),
  ]);
  await desk.work();
}

void test("list shows the newest first, in full when piped, without colours", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  const lines = (await desk.ask("list")).split("\n");
  const expected = [
    /^#\s+NAME\s+STATUS\s+TRY\s+AGE\s+TOOK$/,
    /^4 {2}greet\s+pending\s+\S+\s+due in 3d$/,
    /^3 {2}greet\s+cancelled\s+\S+\s+parent #2 failed$/,
    /^2 {2}fail\s+failed\s+1\/1\s+\S+\s+\S+\s+TypeError: a$/,
    /^1 {2}long (name ){40} +completed +1\/3 +\S+ +\S+$/,
    /^4 of 4 · pending 1 · completed 1 · failed 1 · cancelled 1$/,
    /^$/,
  ];
  for (const [index, pattern] of expected.entries()) assert.match(lines[index] ?? "?", pattern);
  assert.equal(lines.length, expected.length);
});

void test("list picks by status, name and number, and counts all the same", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  const picks = await Promise.all(
    [
      "list --status failed,completed",
      "list -s pending --name greet",
      "list --name greet --limit 1",
      "list -l 2",
      "list --name nobody",
    ].map((line) => desk.ask(line)),
  );
  const seqs = picks.map((text) =>
    [...text.matchAll(/^(\d+) {2}/gm)].map(([, seq]) => Number(seq)),
  );
  assert.deepEqual(seqs, [[2, 1], [4], [4], [4, 3], []]);
  const counts = "pending 1 · completed 1 · failed 1 · cancelled 1";
  assert.equal(picks[4], `0 of 4 · ${counts}\n`);
  assert.ok(picks[3]!.endsWith(`\n2 of 4 · ${counts}\n`), picks[3]);
});

void test("an empty queue has an empty list", async (t) => {
  const desk = new Desk(t);
  await desk.ask("init");
  assert.deepEqual(await Promise.all([desk.ask("list"), desk.ask("list --json")]), [
    "0 of 0\n",
    "[]\n",
  ]);
});

void test("list --json is one document with the API's names", async (t) => {
  const desk = new Desk(t);
  await fill(desk);
  const [all, one] = await Promise.all([
    desk.ask("list --json"),
    desk.ask("--json list --status failed"),
  ]);
  assert.deepEqual(JSON.parse(all), await desk.queue.listJobs());
  assert.deepEqual(JSON.parse(one), await desk.queue.listJobs({ status: "failed" }));
});

void test("a list of many jobs goes on over its pages, as far as it is asked to", async (t) => {
  const desk = new Desk(t);
  const jobs = Array.from({ length: 1_201 }, () => new Job({ function: "pack#job" }));
  await desk.queue.submitAll(jobs);
  const [all, some, few] = await Promise.all([
    desk.ask("list --json --limit 5000"),
    desk.ask("list --json --limit 501"),
    desk.ask("list --json"),
  ]);
  const ids = jobs.map((job) => job.id).reverse();
  const idsOf = (text: string) => JSON.parse(text).map((job: { id: string }) => job.id);
  assert.deepEqual(idsOf(all), ids);
  assert.deepEqual(idsOf(some), ids.slice(0, 501));
  assert.deepEqual(idsOf(few), ids.slice(0, 100));
  assert.match(await desk.ask("list --limit 1000"), /^1,000 of 1,201 · pending 1,201$/m);
});

void test("a reader that has seen enough ends the list quietly", async (t) => {
  const desk = new Desk(t);
  await desk.queue.submitAll(
    Array.from({ length: 2_000 }, () => new Job({ function: "pack#job" })),
  );
  for (const line of ["list --json --limit 2000", "list --limit 2000"]) {
    const listing = desk.start(line);
    const stderr = collect(listing.stderr);
    await once(listing.stdout, "data");
    listing.stdout.destroy();
    assert.deepEqual(await once(listing, "close"), [0, null]);
    assert.equal(stderr(), "");
  }
});
