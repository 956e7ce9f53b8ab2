import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { renderUnit, type Unit } from "../../../src/cli/render/unit.js";
import { PROJECT } from "../../support/paths.js";

const UNIT: Unit = {
  command: [
    "/usr/bin/node",
    "/srv/app/node_modules/gigq/bin/gigq.js",
    "worker",
    ..."--concurrency 8 --shutdown-timeout 30s".split(" "),
  ],
  user: "app",
  folder: "/srv/app",
  database: "/srv/app/gigq.db",
  stopSeconds: 45,
};

void test("the unit in the README is the one that is printed", () => {
  const readme = readFileSync(join(PROJECT, "README.md"), "utf8");
  const [, shown] = readme.match(/^```ini\n([\s\S]*?)^```/m)!;
  assert.equal(shown, renderUnit(UNIT));
});

void test("a command is quoted as systemd reads it, with no variable and no specifier in it", () => {
  const line = lineOf("ExecStart", {
    command: ["/opt/a $b/node", "plain", "two words", "100%", "$HOME", 'a "b" \\c', "it's", "a;b"],
  });
  assert.equal(
    line,
    String.raw`"/opt/a $b/node" plain "two words" 100%% $$HOME "a \"b\" \\c" "it's" "a;b"`,
  );
});

void test("a variable is quoted as a whole, and keeps its dollars", () => {
  const line = lineOf("Environment", { database: "/srv/my app/$1 100%.db" });
  assert.equal(line, `"GIGQ_DB=/srv/my app/$1 100%%.db"`);
});

void test("a folder stands as it is, but for what its line would lose", () => {
  const shown = (folder: string) => lineOf("WorkingDirectory", { folder });
  assert.equal(shown(`/srv/it's 100%`), "/srv/it's 100%%");
  assert.equal(shown("/srv/app "), "/srv/app /.");
  assert.equal(shown("/srv/app\\"), "/srv/app\\/.");
});

function lineOf(setting: string, changes: Partial<Unit>): string | undefined {
  const lines = renderUnit({ ...UNIT, ...changes }).split("\n");
  return lines.find((line) => line.startsWith(`${setting}=`))?.slice(setting.length + 1);
}
