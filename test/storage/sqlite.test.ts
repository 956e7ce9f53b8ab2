import { join } from "node:path";
import { systemClock } from "../../src/clock.js";
import { storageContract } from "../../src/storage/contract/storage-contract.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";

storageContract("sqlite", (t) => {
  const path = join(temporaryFolder(t), "queue.db");
  return { connect: () => openSqlite(path, { create: true, clock: systemClock }) };
});
