import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { test } from "node:test";
import { DEFAULT_GRACES } from "../../src/executor/executor.js";
import { GIGQ } from "../support/paths.js";
import { Desk, refuses } from "./desk.js";

const noAnalyze =
  spawnSync("systemd-analyze", ["--version"]).status !== 0 && "it needs systemd-analyze";

const settingsOf = (unit: string) =>
  Object.fromEntries([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));

void test("a unit is printed for this machine and this call, and nothing else happens", async (t) => {
  const desk = new Desk(t);
  const before = readdirSync(desk.folder);
  mkdirSync(desk.path("packages"));
  const unit = await desk.ask(
    "worker -c 8 --isolation thread --polling-interval 1m0.5s --worker-id box --root packages " +
      "--shutdown-timeout 1h --log-format json --debug --db queues/q.db --print-unit",
  );
  const settings = settingsOf(unit);
  assert.equal(
    settings.ExecStart,
    `${process.execPath} ${GIGQ} worker --concurrency 8 --isolation thread ` +
      `--polling-interval 60.5s --worker-id box --root ${desk.path("packages")} ` +
      "--shutdown-timeout 3600s --log-format json --debug",
  );
  assert.equal(settings.WorkingDirectory, desk.folder);
  assert.equal(settings.Environment, `GIGQ_DB=${desk.path("queues/q.db")}`);
  assert.equal(settings.User, userInfo().username);
  assert.deepEqual(readdirSync(desk.folder).sort(), [...before, "packages"].sort());
});

void test("a unit leaves out what was not given, and takes the database from GIGQ_DB", async (t) => {
  const desk = new Desk(t);
  const unit = await desk.ask("worker --print-unit", { env: { GIGQ_DB: "other.db" } });
  const { ExecStart, Environment } = settingsOf(unit);
  assert.equal(ExecStart, `${process.execPath} ${GIGQ} worker`);
  assert.equal(Environment, `GIGQ_DB=${desk.path("other.db")}`);
  const json = settingsOf(await desk.ask("--json worker --print-unit"));
  assert.equal(json.ExecStart, `${process.execPath} ${GIGQ} worker --log-format json`);
});

void test("a unit holds the limits on children", async (t) => {
  const desk = new Desk(t);
  const limits = "--idle-timeout 2m --max-jobs-per-child 100 --max-rss 1.5G";
  const { ExecStart } = settingsOf(await desk.ask(`worker ${limits} --print-unit`));
  assert.equal(
    ExecStart,
    `${process.execPath} ${GIGQ} worker --idle-timeout 120s --max-jobs-per-child 100 --max-rss 1610612736`,
  );
});

void test("a unit holds which jobs are taken, and by how many workers", async (t) => {
  const desk = new Desk(t);
  const { ExecStart } = settingsOf(
    await desk.ask(
      "worker --name report-* --min-priority -5 --name 100% --processes 4 --print-unit",
    ),
  );
  assert.equal(
    ExecStart,
    `${process.execPath} ${GIGQ} worker --processes 4 --min-priority -5 --name report-* --name 100%%`,
  );
});

void test("systemd waits for longer than a worker takes to stop", async (t) => {
  const desk = new Desk(t);
  for (const [flags, seconds] of [
    ["", 30],
    [" --shutdown-timeout 0", 0],
    [" --shutdown-timeout 2h", 7_200],
  ] as const) {
    const unit = settingsOf(await desk.ask(`worker --print-unit${flags}`));
    const { abortMs, termMs } = DEFAULT_GRACES;
    assert.ok(Number(unit.TimeoutStopSec) >= seconds + (abortMs + termMs) / 1000 + 5, flags);
  }
});

void test("systemd finds nothing wrong with a unit, and reads what was meant", {
  skip: noAnalyze,
}, async (t) => {
  const desk = new Desk(t);
  for (const name of ["plain", "my app", "100%h $HOME", 'it\'s "so"', "back\\slash\\", "end "]) {
    const folder = desk.path(name);
    mkdirSync(folder);
    const unit = await desk.ask(["worker", "--print-unit", "--root", "."], { cwd: folder });
    const file = desk.path("gigq-test.service");
    writeFileSync(file, unit);
    const verify = ["verify", "--recursive-errors=no", file];
    const { status, stdout, stderr } = spawnSync("systemd-analyze", verify, { encoding: "utf8" });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "", stderr: "" }, unit);
    // Then it also prints what it has read.
    const { stdout: read } = spawnSync("systemd-analyze", verify, {
      encoding: "utf8",
      env: { ...process.env, SYSTEMD_LOG_LEVEL: "debug" },
    });
    assert.ok(read.includes(`\tWorkingDirectory: ${folder}\n`), name);
    assert.ok(read.includes(`\tEnvironment: GIGQ_DB=${folder}/gigq.db\n`), name);
  }
});

void test("no unit is printed for a call that ends by itself, or makes no sense", async (t) => {
  const desk = new Desk(t);
  for (const flag of ["--once", "--drain"]) {
    assert.deepEqual(
      await desk.gigq(`worker --print-unit ${flag}`),
      refuses(
        2,
        `--print-unit and ${flag} cannot be given together`,
        "systemd would start it again and again; leave one of them out",
      ),
    );
  }
  const unnamed = await desk.gigq(["worker", "--print-unit", "--worker-id", "a b"]);
  assert.deepEqual([unnamed.status, unnamed.stdout], [2, ""]);
  const broken = await desk.gigq(["worker", "--print-unit", "--db", "a\nb.db"]);
  assert.deepEqual(
    broken,
    refuses(
      2,
      `${JSON.stringify(`${desk.folder}/a\nb.db`)} cannot stand in a systemd unit`,
      "Use a path without line breaks and other control characters",
    ),
  );
  assert.equal(existsSync(desk.db), false);
});
