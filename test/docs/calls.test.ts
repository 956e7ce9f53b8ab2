import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf } from "./check-call.js";
import { callsOf } from "./console.js";
import { type Block, blocksOf, readPages } from "./pages.js";
import { commandsOf } from "./shell-words.js";

void test("every call of gigq on a page names a command, options and values that there are", async () => {
  const faults: string[] = [];
  let calls = 0;
  for (const block of readPages().flatMap(blocksOf)) {
    for (const words of commandsOf(scriptOf(block))) {
      const at = words.indexOf("gigq");
      if (at === -1) continue;
      calls += 1;
      const fault = await faultOf(withoutRedirects(words.slice(at + 1)));
      if (fault !== undefined) faults.push(`${block.at}: ${words.join(" ")}: ${fault}`);
    }
  }
  assert.deepEqual(faults, []);
  assert.ok(calls > 30, `only ${calls} calls were found`);
});

void test("a call that is wrong is seen", async () => {
  assert.match((await faultOf(["lsit"]))!, /no command lsit/);
  assert.match((await faultOf(["list", "--stauts", "failed"]))!, /no option --stauts/);
  assert.match((await faultOf(["--db", "x", "list", "--limit", "many"]))!, /many/);
  assert.match((await faultOf(["logs"]))!, /needs an argument/);
  assert.equal(await faultOf(["--db", "x.db", "submit", "./a.ts#b", "-p", "k=v"]), undefined);
});

void test("a piece of shell is taken apart into its commands", () => {
  assert.deepEqual(
    commandsOf(`id=$(gigq submit ./a.ts#b -p 'k=a b') && gigq wait "$id" # so\nA=1 gigq \\\n list`),
    [
      ["gigq", "submit", "./a.ts#b", "-p", "k=a b"],
      ["id=1"],
      ["gigq", "wait", "1"],
      ["A=1", "gigq", "list"],
    ],
  );
});

function scriptOf(block: Block): string {
  if (block.language === "sh") return block.text;
  if (block.language !== "console") return "";
  return callsOf(block)
    .map(({ command }) => command)
    .join("\n");
}

function withoutRedirects(words: readonly string[]): string[] {
  return words.filter((word, at) => !/^\d?[<>]/.test(word) && !/^\d?>$/.test(words[at - 1] ?? ""));
}
