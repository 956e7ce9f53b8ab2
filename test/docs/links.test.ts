import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../support/paths.js";
import { proseOf, readPages } from "./pages.js";

void test("every link of a page to another leads somewhere", () => {
  const broken = readPages().flatMap((page) => {
    const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    return links
      .filter((target) => !/^https?:/.test(target) && !leadsSomewhere(target, page.path))
      .map((target) => `${page.path}: ${target}`);
  });
  assert.deepEqual(broken, []);
});

void test("no two headings of a page share a name, so that a link means one of them", () => {
  for (const { path, text } of readPages()) {
    const headings = [...text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.*)$/gm)];
    const named = headings.map(([, heading]) => heading!.toLowerCase());
    assert.deepEqual([...new Set(named)], named, path);
  }
});

void test("every page of docs/ is in its index", () => {
  const index = readPages().find(({ path }) => path === "docs/README.md")!.text;
  const missing = readPages()
    .map(({ path }) => relative("docs", path))
    .filter((name) => !name.startsWith("..") && name !== "README.md")
    .filter((name) => !index.includes(`(${name})`));
  assert.deepEqual(missing, []);
});

function leadsSomewhere(target: string, from: string): boolean {
  const [path, anchor] = target.split("#");
  const file = path === "" ? from : join(dirname(from), path!);
  if (!existsSync(join(PROJECT, file))) return false;
  return anchor === undefined || anchorsOf(file).has(anchor);
}

/** As GitHub makes them: the second of a name gets a number. */
function anchorsOf(file: string): Set<string> {
  const text = readFileSync(join(PROJECT, file), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
  const anchors = new Set<string>();
  for (const [, heading] of text.matchAll(/^#+ (.*)$/gm)) {
    const plain = heading!.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, "");
    const anchor = plain.replaceAll(" ", "-");
    let number = 0;
    while (anchors.has(number === 0 ? anchor : `${anchor}-${number}`)) number += 1;
    anchors.add(number === 0 ? anchor : `${anchor}-${number}`);
  }
  return anchors;
}
