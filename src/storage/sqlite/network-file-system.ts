import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { GigqError } from "../../errors.js";

/**
 * The `f_type` of file systems that live on another machine, from statfs(2) and the Linux
 * header `linux/magic.h`.
 */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB 2"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x73757245, "Coda"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
  [0x01021997, "9p"],
]);

/**
 * Throws `unusable-path` where a database would be on another machine's disk. `typeOf` tells the
 * `f_type` of the file system that a folder is on.
 */
export function refuseNetworkFileSystem(
  path: string,
  typeOf: (folder: string) => number = (folder) => statfsSync(folder).type,
): void {
  const name = networkFileSystem(typeOf(dirname(path)));
  if (name === undefined) return;
  throw new GigqError("unusable-path", `${path} is on a network file system (${name})`, {
    hint: "SQLite cannot lock files there reliably: keep the queue on a local disk. If only one machine ever opens it: --force, or GIGQ_FORCE=1",
  });
}

/** The name of the network file system with this `f_type`; `undefined` for a local one. */
export function networkFileSystem(type: number): string | undefined {
  return NETWORK_FILE_SYSTEMS.get(type >>> 0);
}
