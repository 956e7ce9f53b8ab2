import { join } from "node:path";
import { systemClock } from "../../src/clock.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { storageContract } from "./contract.js";

storageContract({
  name: "sqlite",
  create: async (t) => {
    const path = join(temporaryFolder(t), "queue.db");
    return {
      connect: async () => {
        const storage = await openSqlite(path, { create: true, clock: systemClock });
        t.after(() => storage.close());
        return storage;
      },
    };
  },
});
