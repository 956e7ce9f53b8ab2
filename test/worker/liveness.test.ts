import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { GigqError } from "../../src/index.js";
import { Presence } from "../../src/worker/liveness.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const KEY = "0123456789ab";
const HINT = "It needs to write there, and the program mkfifo (coreutils or busybox)";

void test("a worker whose meeting place is a file says what it needs", async (t) => {
  const meetingPlace = join(temporaryFolder(t), "gigq.db-workers");
  writeFileSync(meetingPlace, "somebody's");
  await assert.rejects(Presence.begin({ meetingPlace, identity: "1:2" }, KEY), (error) => {
    assert.ok(error instanceof GigqError);
    assert.deepEqual([error.code, error.hint], ["storage-failed", HINT]);
    assert.match(error.message, /^the worker could not make its pipes in .*: E(NOTDIR|EXIST)/);
    return true;
  });
  assert.ok(existsSync(meetingPlace));
});

void test("a worker that can open only one of its pipes leaves none behind", {
  skip: !existsSync("/proc/self/fd") && "nothing tells which files are open",
}, async (t) => {
  const folder = temporaryFolder(t);
  const meetingPlace = join(folder, "gigq.db-workers");
  const programs = join(folder, "programs");
  mkdirSync(programs);
  const { PATH } = process.env;
  // Called as `mkfifo -m 600 one other`; this one makes the first only.
  writeFileSync(join(programs, "mkfifo"), `#!/bin/sh\nPATH='${PATH}' exec mkfifo -m 600 "$3"\n`);
  chmodSync(join(programs, "mkfifo"), 0o755);
  process.env.PATH = `${programs}:${PATH}`;
  t.after(() => {
    process.env.PATH = PATH;
  });
  await assert.rejects(Presence.begin({ meetingPlace, identity: "1:2" }, KEY), {
    code: "storage-failed",
    message: /ENOENT.*children/,
    hint: HINT,
  });
  assert.deepEqual(
    openFiles().filter((file) => file.startsWith(folder)),
    [],
  );
  assert.equal(existsSync(meetingPlace), false);
});

function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}
