import assert from "node:assert/strict";
import { test } from "node:test";
import {
  networkFileSystem,
  refuseNetworkFileSystem,
} from "../../src/storage/sqlite/network-file-system.js";

// The numbers are those of linux/magic.h, as statfs(2) reports them.
for (const [type, name] of [
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB 2"],
  [0xff534d42 | 0, "CIFS"],
  [0x01021997, "9p"],
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

void test("a database on a network file system is refused, with a way out", () => {
  const asked: string[] = [];
  const typeOf = (folder: string) => {
    asked.push(folder);
    return 0x6969;
  };
  assert.throws(() => refuseNetworkFileSystem("/mnt/share/gigq.db", typeOf), {
    code: "unusable-path",
    message: "/mnt/share/gigq.db is on a network file system (NFS)",
    hint: /keep the queue on a local disk\. .*GIGQ_FORCE=1/,
  });
  assert.deepEqual(asked, ["/mnt/share"]);
  refuseNetworkFileSystem("/srv/gigq.db", () => 0xef53);
});
