import assert from "node:assert/strict";
import { chmodSync, chownSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { test } from "node:test";
import { transformCache } from "../../src/executor/child/transform-cache.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const { uid } = userInfo();

void test("the cache is a folder that only this user can enter", (t) => {
  const base = temporaryFolder(t);
  assert.equal(transformCache(base), `${base}/gigq-${uid}`);
  const stat = lstatSync(`${base}/gigq-${uid}`);
  assert.deepEqual([stat.isDirectory(), stat.mode & 0o777, stat.uid], [true, 0o700, uid]);
});

void test("a cache that is there already is used again", (t) => {
  const base = temporaryFolder(t);
  const folder = transformCache(base);
  writeFileSync(`${folder}/kept`, "");
  assert.equal(transformCache(base), folder);
  assert.ok(lstatSync(`${folder}/kept`).isFile());
});

for (const mode of [0o770, 0o702, 0o777]) {
  void test(`a cache that others can write to is not used: ${mode.toString(8)}`, (t) => {
    const base = temporaryFolder(t);
    const folder = transformCache(base) as string;
    chmodSync(folder, mode);
    assert.equal(transformCache(base), false);
  });
}

void test("a link in the place of the cache is not followed", (t) => {
  const base = temporaryFolder(t);
  mkdirSync(`${base}/elsewhere`, { mode: 0o700 });
  symlinkSync(`${base}/elsewhere`, `${base}/gigq-${uid}`);
  assert.equal(transformCache(base), false);
});

const needsRoot = uid === 0 ? false : "only root can give files away";
void test("a cache that belongs to somebody else is not used", { skip: needsRoot }, (t) => {
  const base = temporaryFolder(t);
  chownSync(transformCache(base) as string, 4_711, 4_711);
  assert.equal(transformCache(base), false);
});

void test("where no folder can be made, there is no cache", (t) => {
  const base = temporaryFolder(t);
  writeFileSync(`${base}/gigq-${uid}`, "");
  assert.equal(transformCache(base), false);
  assert.equal(transformCache(`${base}/gigq-${uid}`), false);
});
