import Database from "better-sqlite3";

/* A foreign program that keeps a database from being written: node holder.js DATABASE MS. */
const [path, ms] = process.argv.slice(2) as [string, string];
const db = new Database(path, { timeout: 10_000 });
db.exec("begin immediate");
process.stdout.write("held\n");
setTimeout(() => {
  db.exec("rollback");
  db.close();
  process.stdout.write("let go\n");
}, Number(ms));
