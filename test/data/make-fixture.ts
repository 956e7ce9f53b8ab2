import { existsSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { systemClock } from "../../src/clock.js";
import type { JobSpec } from "../../src/job/job.js";
import { Scene } from "../../src/storage/contract/scene.js";
import { SCHEMA_VERSION } from "../../src/storage/sqlite/schema.js";
import { openSqlite } from "../../src/storage/sqlite/sqlite-storage.js";
import { PROJECT } from "../support/paths.js";
import { STORY } from "./story.js";

/*
 * Writes a queue in the present schema for the tests of later ones, and what can be read from it:
 * node dist/test/data/make-fixture.js. Do so once for each new schema, before it is released; what
 * was written before never changes.
 */
const path = `${PROJECT}test/data/schema-${SCHEMA_VERSION}.db`;
if (existsSync(path)) throw new Error(`${path} is there already, and stays as it is`);

const storage = await openSqlite(path, { create: true, clock: systemClock });
const connect = () => Promise.reject(new Error("one connection has to do"));
const scene = new Scene({ connect }, storage);
const ids = new Map<string, string>();
for (const { name, parents = [], said = {}, lived } of STORY) {
  const id = `00000000-0000-7000-8000-${String(ids.size + 1).padStart(12, "0")}`;
  ids.set(name, id);
  const dependencies = parents.map((parent) => ids.get(parent)!);
  const spec: Partial<JobSpec> = { ...said, id, name, dependencies };
  const job = await scene.add(spec);
  scene.now += 1_000;
  await lived?.(scene, job);
}
const jobs = (await storage.list({ limit: 100 })).reverse();
const attempts = await storage.attempts(jobs.map((job) => job.seq));
const counts = await storage.counts();
await storage.close();

// A single file: nothing of it may be in a log beside it.
const db = new Database(path);
db.pragma("journal_mode = delete");
db.exec("vacuum");
db.close();
writeFileSync(
  path.replace(/db$/, "json"),
  `${JSON.stringify({ now: scene.now, jobs, attempts, counts }, null, 2)}\n`,
);
