import assert from "node:assert/strict";
import { test } from "node:test";
import {
  renderAgo,
  renderClock,
  renderCount,
  renderDuration,
  renderMoment,
  renderSeconds,
} from "../../../src/cli/render/time.js";
import { ago, NOW_MS } from "./a-job.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

void test("a duration is short, and never rounds to sixty of anything", () => {
  const texts: readonly [ms: number, text: string][] = [
    [-5, "0ms"],
    [0, "0ms"],
    [12.4, "12ms"],
    [99.4, "99ms"],
    [99.6, "0.1s"],
    [1_000, "1s"],
    [1_250, "1.3s"],
    [9_949, "9.9s"],
    [9_960, "10s"],
    [59.4 * SECOND, "59s"],
    [59.6 * SECOND, "1m"],
    [59.4 * MINUTE, "59m"],
    [59.6 * MINUTE, "1h"],
    [90 * MINUTE, "1h30m"],
    [9 * HOUR + 59.6 * MINUTE, "10h"],
    [23 * HOUR, "23h"],
    [47.4 * HOUR, "47h"],
    [48 * HOUR, "2d"],
    [1_000 * HOUR, "42d"],
  ];
  for (const [ms, text] of texts) assert.equal(renderDuration(ms), text, `${ms} ms`);
});

void test("seconds are written as a person would type them, exactly", () => {
  const texts: readonly [seconds: number, text: string][] = [
    [0, "0s"],
    [0.25, "0.25s"],
    [59, "59s"],
    [60, "1m"],
    [90, "1m30s"],
    [90.5, "90.5s"],
    [5_400, "1h30m"],
    [86_400, "1d"],
    [90_061, "1d1h1m1s"],
  ];
  for (const [seconds, text] of texts) assert.equal(renderSeconds(seconds), text);
});

void test("moments are those of the clock on the wall", () => {
  const iso = new Date(2026, 0, 2, 3, 4, 5).toISOString();
  assert.equal(renderMoment(iso), "2026-01-02 03:04:05");
  assert.equal(renderClock(Date.parse(iso)), "03:04:05");
  assert.equal(renderAgo(ago(90), NOW_MS), "2m ago");
  assert.equal(renderAgo(ago(-90), NOW_MS), "in 2m");
});

void test("thousands are set apart", () => {
  assert.deepEqual([0, 999, 1_000, 1_234_567].map(renderCount), ["0", "999", "1,000", "1,234,567"]);
});
