import assert from "node:assert/strict";
import { test } from "node:test";
import { networkFileSystem } from "../../src/storage/sqlite/network-file-system.js";

// The numbers are those of linux/magic.h, as statfs(2) reports them.
for (const [type, name] of [
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB 2"],
  [0xff534d42 | 0, "CIFS"],
] as const) {
  void test(`${name}, reported as ${type}, is a network file system`, () => {
    assert.equal(networkFileSystem(type), name);
  });
}

for (const [name, type] of [
  ["ext4", 0xef53],
  ["xfs", 0x58465342],
  ["btrfs", 0x9123683e],
  ["tmpfs", 0x01021994],
  ["overlayfs", 0x794c7630],
] as const) {
  void test(`${name} is a local file system`, () => {
    assert.equal(networkFileSystem(type), undefined);
  });
}
