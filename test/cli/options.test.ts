import assert from "node:assert/strict";
import { test } from "node:test";
import {
  parseAt,
  parseBefore,
  parseChoice,
  parseDuration,
  parseParam,
  parseParams,
  parsePositive,
  parseRef,
  parseRefs,
  parseSize,
  parseStatuses,
  parseTimeout,
  parseWhole,
} from "../../src/cli/options.js";

const usage = { name: "GigqError", code: "usage" };

void test("durations are seconds, whatever their unit", () => {
  const seconds = {
    "0": 0,
    "90": 90,
    "1.5": 1.5,
    "90s": 90,
    "15m": 900,
    "1h30m": 5_400,
    "1.5h": 5_400,
    "7d": 604_800,
    "1w1d": 691_200,
    "200ms": 0.2,
    "0.5s": 0.5,
    "3650d": 315_360_000,
  };
  for (const [text, expected] of Object.entries(seconds)) {
    assert.equal(parseDuration(text), expected, text);
  }
  assert.equal(parseDuration("2", "d"), 172_800);
});

void test("sizes are bytes, whatever their unit", () => {
  const bytes = {
    "0": 0,
    "1000000": 1_000_000,
    "800K": 819_200,
    "512M": 536_870_912,
    "512m": 536_870_912,
    "1G": 1_073_741_824,
    "1.5G": 1_610_612_736,
    "0.1K": 102,
  };
  for (const [text, expected] of Object.entries(bytes)) {
    assert.equal(parseSize(text), expected, text);
  }
});

void test("what is no size, or too small a one, is refused", () => {
  for (const text of ["", "M", "-1M", "1 M", "1MB", "1T", "1,5G", ".5G", "1e3", "9".repeat(400)]) {
    assert.throws(() => parseSize(text), { ...usage, message: `"${text}" is no size` });
  }
  assert.throws(() => parseSize("63.9M", 64 * 2 ** 20), {
    ...usage,
    message: '"63.9M" is too small',
    hint: "The smallest is 64M",
  });
  assert.equal(parseSize("64M", 64 * 2 ** 20), 67_108_864);
});

void test("what is no duration, or too long a one, is refused", () => {
  const wrong = [
    "",
    " ",
    "-1",
    "+1",
    "s",
    "1y",
    "1 h",
    "1h 30m",
    "1e3",
    "0x10",
    "1,5s",
    ".5",
    "∞",
    "Infinity",
    "NaN",
    "1s1",
    "3651d",
    "9".repeat(400),
  ];
  for (const text of wrong) assert.throws(() => parseDuration(text), usage, text);
  assert.throws(() => parseDuration("2m", "s", 119), usage);
});

void test("a timeout is longer than nothing, or none", () => {
  assert.equal(parseTimeout("none"), "none");
  assert.equal(parseTimeout("1ms"), 0.001);
  for (const text of ["0", "0s", "0.5ms", "never"]) {
    assert.throws(() => parseTimeout(text), usage, text);
    assert.throws(() => parsePositive(text), usage, text);
  }
});

void test("a time before is an age, a bare number being days, or a date here", () => {
  const nowMs = Date.parse("2026-11-22T08:00:00Z");
  const hours = (text: string) => (nowMs - parseBefore(text, nowMs)) / 3_600_000;
  assert.deepEqual(["7d", "7", "12h", "90m", "0", "1.5"].map(hours), [168, 168, 12, 1.5, 0, 36]);
  assert.equal(parseBefore("2026-11-01", nowMs), new Date(2026, 10, 1).getTime());
  assert.equal(parseBefore("2026-11-01T10:00", nowMs), new Date(2026, 10, 1, 10).getTime());
  assert.equal(parseBefore("2026-11-01T10:00:00Z", nowMs), Date.UTC(2026, 10, 1, 10));
  for (const text of ["", "yesterday", "7x", "2026-13-01", "2026-02-29", "1.2.3", "-7d"]) {
    assert.throws(() => parseBefore(text, nowMs), usage, text);
  }
});

void test("a moment is ISO 8601, without a zone that of the clock on the wall", () => {
  assert.equal(parseAt("2026-11-22T08:00:00Z"), "2026-11-22T08:00:00.000Z");
  assert.equal(parseAt("2026-11-22 08:00:00.250+01:00"), "2026-11-22T07:00:00.250Z");
  assert.equal(parseAt("2026-11-22T08:00"), new Date(2026, 10, 22, 8).toISOString());
  assert.equal(parseAt("2026-11-22"), new Date(2026, 10, 22).toISOString());
  assert.equal(parseAt("2028-02-29T23:00-09:00"), "2028-03-01T08:00:00.000Z");
  const wrong = ["", "now", "8:00", "22.11.2026", "11/22/2026", "2026-11-22T25:00", "1795334400"];
  wrong.push("2026-02-30", "2026-11-31T08:00Z");
  for (const text of wrong) assert.throws(() => parseAt(text), usage, text);
});

void test("whole numbers are whole, and within their bounds", () => {
  assert.deepEqual([parseWhole("7", 1), parseWhole("-7", -10), parseWhole("+7", 1)], [7, -7, 7]);
  assert.deepEqual([parseWhole("1", 1, 3), parseWhole("3", 1, 3)], [1, 3]);
  for (const text of ["", "1.0", "1e2", "0x1", "seven", "NaN", " 2", "2147483648", "0"]) {
    assert.throws(() => parseWhole(text, 1), usage, text);
  }
  assert.throws(() => parseWhole("4", 1, 3), { ...usage, message: "4 is too large" });
});

void test("a parameter is JSON where it can be, and adds to those before it", () => {
  const values = [
    "1",
    "-1.5e3",
    "true",
    "null",
    '"x"',
    "[1]",
    '{"a":{}}',
    "",
    "x",
    "0x1",
    "{a}",
    "a=b",
  ];
  assert.deepEqual(
    values.flatMap((text) => Object.values(parseParam(`k=${text}`))),
    [1, -1500, true, null, "x", [1], { a: {} }, "", "x", "0x1", "{a}", "a=b"],
  );
  assert.deepEqual(parseParam("b=2", parseParam("a=1")), { a: 1, b: 2 });
  assert.deepEqual(parseParam("a=2", { a: 1 }), { a: 2 });
  assert.deepEqual(Object.keys(parseParam("__proto__=1")), ["__proto__"]);
  for (const text of ["", "x", "=x", "="]) assert.throws(() => parseParam(text), usage, text);
});

void test("all parameters together are a JSON object", () => {
  assert.deepEqual(parseParams(' {"a":[1]}\n'), { a: [1] });
  for (const text of ["", "null", "[]", '"x"', "1", "{", "{a:1}"]) {
    assert.throws(() => parseParams(text), usage, text);
  }
});

void test("a job is named by its number or its id", () => {
  const id = "01a2014a-02d9-7000-b099-443930d61f9f";
  assert.deepEqual([parseRef("42"), parseRef("#42"), parseRef(id.toUpperCase())], [42, 42, id]);
  assert.deepEqual(parseRefs(`1, #2,${id}`, [9]), [9, 1, 2, id]);
  for (const text of [
    "",
    "0",
    "042",
    "-1",
    "1.5",
    "##1",
    "x",
    id.slice(1),
    `${id}0`,
    "9".repeat(16),
  ]) {
    assert.throws(() => parseRef(text), usage, text);
  }
  assert.throws(() => parseRefs("1,"), usage);
});

void test("statuses and choices are taken from what there is", () => {
  assert.deepEqual(parseStatuses("failed, timeout"), ["failed", "timeout"]);
  for (const text of ["", "Failed", "failed,", "done"]) {
    assert.throws(() => parseStatuses(text), usage, text);
  }
  assert.equal(parseChoice("a", "letter", ["a", "b"]), "a");
  assert.throws(() => parseChoice("c", "letter", ["a", "b"]), {
    message: 'there is no letter "c"',
    hint: "Choose among: a, b",
  });
});
