import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import Database from "better-sqlite3";
import { GIGQ } from "../support/paths.js";
import { Desk, refuses } from "./desk.js";

const COMMANDS = ["list", "submit ./jobs.mjs#greet", "worker --once", "init"] as const;

void test("a file that gigq did not make is left as it is", async (t) => {
  const desk = new Desk(t);
  writeFileSync(desk.path("text.db"), "Dear diary,\n".repeat(100));
  const db = new Database(desk.path("foreign.db"));
  db.exec("create table diary (entry text)");
  db.close();
  mkdirSync(desk.path("folder"));
  const before = ["text.db", "foreign.db"].map((name) => readFileSync(desk.path(name)));
  const hint = "Name another file with --db or GIGQ_DB";
  const why = {
    "text.db": "not a gigq database",
    "foreign.db": "not a gigq database",
    folder: "a folder, and no gigq database",
  };
  await Promise.all(
    Object.entries(why).flatMap(([name, what]) =>
      ["list", "submit ./jobs.mjs#greet"].map(async (line) =>
        assert.deepEqual(
          await desk.gigq(`${line} --db ${name}`),
          refuses(5, `${desk.path(name)} is ${what}`, hint),
        ),
      ),
    ),
  );
  const after = ["text.db", "foreign.db"].map((name) => readFileSync(desk.path(name)));
  assert.deepEqual(after, before);
  assert.deepEqual(readdirSync(desk.path("folder")), []);
});

void test("a queue of a newer gigq is refused by every command", async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  const db = new Database(desk.db);
  const known = db.pragma("user_version", { simple: true });
  db.pragma("user_version = 99");
  db.close();
  const expected = refuses(
    5,
    `the queue at ${desk.db} has schema 99, and this gigq knows up to ${known}`,
    "A newer gigq has written it: update this one",
  );
  for (const answer of await Promise.all(COMMANDS.map((line) => desk.gigq(line)))) {
    assert.deepEqual(answer, expected);
  }
});

void test("a queue cannot be created below a file, or in a folder that is not there", async (t) => {
  const desk = new Desk(t);
  const hint = "Create it first, or name another with --db or GIGQ_DB";
  const [file, folder, reader] = await Promise.all([
    desk.gigq("submit ./jobs.mjs#greet --db jobs.mjs/gigq.db"),
    desk.gigq("worker --db nowhere/gigq.db"),
    desk.gigq("list --db nowhere/gigq.db"),
  ]);
  const message = (name: string) => `there is no folder ${desk.path(name)} to create a queue in`;
  assert.deepEqual(file, refuses(5, message("jobs.mjs"), hint));
  assert.deepEqual(folder, refuses(5, message("nowhere"), hint));
  assert.deepEqual(
    reader,
    refuses(
      5,
      `there is no queue at ${desk.path("nowhere/gigq.db")}`,
      "Name one with --db or GIGQ_DB, or create it with: gigq init",
    ),
  );
  assert.equal(existsSync(desk.path("nowhere")), false);
});

const noMount =
  spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).status !== 0 &&
  "it needs a small disk of its own, and this system does not let it mount one";

void test("a full disk is told, and is no reason for a stack trace", { skip: noMount }, (t) => {
  const desk = new Desk(t);
  mkdirSync(desk.path("disk"));
  /** Runs a script with `disk` being so small. */
  const on = (size: string, script: string) => {
    const inside = `mount -t tmpfs -o size=${size} tmpfs disk && export GIGQ_DB=disk/gigq.db && ${script}`;
    const { stdout, stderr } = spawnSync("unshare", ["-rm", "sh", "-c", inside], {
      cwd: desk.folder,
      encoding: "utf8",
    });
    return { stdout, stderr };
  };
  const db = desk.path("disk/gigq.db");
  const full = `gigq: there is no space left to write the queue at ${db}\nFree some space and try again; nothing was written\n`;
  const gigq = `"${process.execPath}" "${GIGQ}"`;
  // What is left behind by the first is no queue, and no strange file either.
  assert.deepEqual(
    on("64k", `${gigq} submit ./jobs.mjs#greet; echo $?; ${gigq} list 2>/dev/null; echo $?`),
    { stdout: "75\n5\n", stderr: full },
  );
  const long = `printf '{"text":"%0300000d"}' 0`;
  assert.deepEqual(
    on(
      "400k",
      `${gigq} init >/dev/null; ${long} | ${gigq} submit ./jobs.mjs#greet --params -; echo $?; ${gigq} list`,
    ),
    { stdout: "75\n0 of 0\n", stderr: full },
  );
});

void test("an answer that cannot be written is an error without a stack", {
  skip: !existsSync("/dev/full") && "it needs /dev/full",
}, async (t) => {
  const desk = new Desk(t);
  await desk.ask("submit ./jobs.mjs#greet");
  const ran = spawnSync("sh", ["-c", `"${process.execPath}" "${GIGQ}" list > /dev/full`], {
    cwd: desk.folder,
    encoding: "utf8",
  });
  assert.equal(ran.status, 1);
  assert.equal(
    ran.stderr,
    "gigq: the answer could not be written: ENOSPC: no space left on device, write\n" +
      "What was asked for may have been done; gigq list shows the jobs\n",
  );
});
