import assert from "node:assert/strict";
import { test } from "node:test";
import { firstLine, plain, plainJson, plainLine } from "../../../src/cli/render/plain.js";

void test("sequences that a terminal obeys are taken out whole", () => {
  const sequences = {
    "colour \x1b[1;31mred\x1b[0m": "colour red",
    "cursor \x1b[2J\x1b[10;5H": "cursor ",
    "title \x1b]0;owned\x07 and \x1b]0;owned\x1b\\ again": "title  and  again",
    "link \x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\": "link text",
    "device \x1bPq#0\x1b\\": "device ",
    "charset \x1b(0 reset \x1bc": "charset  reset ",
    "private \x1b[?1049h\x1b[>4;2m": "private ",
    "cut off \x1b[31": "cut off 31",
    "alone \x1b": "alone ",
  };
  for (const [text, expected] of Object.entries(sequences)) assert.equal(plain(text), expected);
});

void test("control characters and those that turn text around go, line breaks and tabs stay", () => {
  assert.equal(plain("a\x00b\x07c\bd\x7fe\u0085f\u009b1mg"), "abcdef1mg");
  assert.equal(plain("a\u202eb\u2066c\u200ed\u061ce"), "abcde");
  assert.equal(plain("a\r\nb\nc\td"), "a\nb\nc\td");
  assert.equal(plain("done\rfake"), "donefake");
  assert.equal(plain("Zoë 日本 👩‍👧 ﷽"), "Zoë 日本 👩‍👧 ﷽");
});

void test("a line has no breaks", () => {
  assert.equal(plainLine("  a \n\n b\tc\r\nd\u2028e "), "a b c de");
  assert.equal(firstLine("TypeError: bad\n    at parse"), "TypeError: bad");
  assert.equal(firstLine("\x1b[31mbad\nmore"), "bad");
  assert.equal(firstLine(""), "");
  assert.ok(firstLine("x".repeat(1_000_000)).length <= 2_000);
});

void test("JSON keeps every character, as an escape where a terminal would obey it", () => {
  const text = "a\x1b[31mb\u009b2J\u202ec\u007f\u2028\n日本";
  const json = plainJson({ text });
  assert.equal(json, '{"text":"a\\u001b[31mb\\u009b2J\\u202ec\\u007f\\u2028\\n日本"}');
  assert.deepEqual(JSON.parse(json), { text });
  assert.equal(plainJson([1], 2), "[\n  1\n]");
});
