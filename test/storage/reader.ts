import Database from "better-sqlite3";

/*
 * A foreign program that reads: node reader.js DATABASE. Readings overlap, so that there is no
 * moment without one; each lasts as long as a few writes.
 */
const [path] = process.argv.slice(2) as [string];
process.stdout.write("reading\n");
let last: Database.Database | undefined;
for (;;) {
  const db = new Database(path, { readonly: true });
  db.exec("begin");
  db.prepare("select count(*) from job").get();
  last?.close();
  last = db;
  await new Promise((resolve) => setTimeout(resolve, 60));
}
