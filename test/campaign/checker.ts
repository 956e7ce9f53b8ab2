import Database from "better-sqlite3";
import { checkAcknowledged } from "./check-acknowledged.js";
import { checkAttempts } from "./check-attempts.js";
import { checkDependencies } from "./check-dependencies.js";
import { checkRuns } from "./check-runs.js";
import type { Journal } from "./journal.js";
import { readRecords } from "./records.js";
import type { Trace } from "./trace.js";

/** Holds what is in the database and in the trace against what gigq promises, when all is over. */
export function check(path: string, journal: Journal, trace: Trace): string[] {
  const db = new Database(path, { readonly: true });
  try {
    const records = readRecords(db, journal, trace);
    return [
      ...checkFile(db),
      ...checkAcknowledged(records),
      ...checkRuns(records),
      ...checkAttempts(records),
      ...checkDependencies(records),
    ];
  } finally {
    db.close();
  }
}

function checkFile(db: Database.Database): string[] {
  const integrity = db.pragma("integrity_check", { simple: true }) as string;
  const dangling = db.pragma("foreign_key_check") as unknown[];
  const workers = db.prepare<[], string>("select worker_id from worker").pluck().all();
  return [
    ...(integrity === "ok" ? [] : [`integrity_check: ${integrity}`]),
    ...dangling.map((row) => `foreign_key_check: ${JSON.stringify(row)}`),
    ...workers.map((name) => `worker ${name} is still known`),
  ];
}
