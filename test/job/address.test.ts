import assert from "node:assert/strict";
import { test } from "node:test";
import { isGigqError } from "../../src/errors.js";
import { formatAddress, isPath, parseAddress } from "../../src/job/address.js";

for (const [text, module, exportName] of [
  ["./jobs.ts#resize", "./jobs.ts", "resize"],
  ["/srv/app/jobs.mjs#default", "/srv/app/jobs.mjs", "default"],
  ["../c#/jobs.ts#resize", "../c#/jobs.ts", "resize"],
  ["my-jobs#resize", "my-jobs", "resize"],
  ["@acme/jobs/images#resize", "@acme/jobs/images", "resize"],
  ["./größe 1.ts#ändern", "./größe 1.ts", "ändern"],
] as const) {
  void test(`${text} is taken apart at its last #, and put together again`, () => {
    const address = parseAddress(text);
    assert.deepEqual(address, { module, exportName });
    assert.equal(formatAddress(address), text);
  });
}

void test("a file URL becomes a path", () => {
  assert.deepEqual(parseAddress("file:///srv/my%20app/jobs.ts#resize"), {
    module: "/srv/my app/jobs.ts",
    exportName: "resize",
  });
});

for (const text of [
  "./jobs.ts",
  "./jobs.ts#",
  "#resize",
  "#",
  "",
  "file://elsewhere/jobs.ts#run",
]) {
  void test(`"${text}" is refused, with an example`, () => {
    assert.throws(
      () => parseAddress(text),
      (error) => {
        assert.ok(isGigqError(error));
        assert.equal(error.code, "usage");
        assert.ok(error.message.includes(text.replace(/#run$/, "")));
        assert.match(error.hint ?? "", /#resize|file:\/\/\//);
        return true;
      },
    );
  });
}

void test("the example for a module without an export names that module", () => {
  assert.throws(() => parseAddress("./mine.ts"), { hint: /\.\/mine\.ts#resize/ });
});

void test("what is written as in Python is answered with a module and its export", () => {
  for (const [text, hint] of [
    ["tasks.report", "./tasks.ts#report"],
    ["my_app.jobs.send_mail", "./my_app/jobs.ts#send_mail"],
    ["jobs.mjs", "jobs.mjs#resize"],
    ["./app.jobs", "./app.jobs#resize"],
  ] as const) {
    assert.throws(() => parseAddress(text), {
      hint: `Write the module, a "#" and the name of the export: ${hint}`,
    });
  }
});

void test("a module that begins with a dot or a slash is a path", () => {
  for (const path of ["./jobs.ts", "../jobs.ts", ".", "..", "/jobs.ts", ".\\jobs.ts"]) {
    assert.equal(isPath(path), true, path);
  }
  for (const name of ["jobs", "@acme/jobs", "jobs/images.js", ".hidden", "...", "node:fs"]) {
    assert.equal(isPath(name), false, name);
  }
});
