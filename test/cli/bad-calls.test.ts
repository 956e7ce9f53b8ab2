import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { call } from "./call.js";
import { Desk, type Line, refuses } from "./desk.js";

type Case = readonly [line: Line, message: string, hint: string];

/** Each of these calls is refused with 2, says so and no more, and creates nothing. */
async function refused(t: TestContext, cases: (desk: Desk) => readonly Case[]): Promise<void> {
  const desk = new Desk(t);
  for (const [line, message, hint] of cases(desk)) {
    const words = typeof line === "string" ? line.split(" ") : line;
    assert.deepEqual(await call(words, desk.folder), refuses(2, message, hint), words.join(" "));
    const json = await call([...words, "--json"], desk.folder);
    assert.deepEqual([json.status, json.stdout], [2, ""], words.join(" "));
    assert.deepEqual(JSON.parse(json.stderr), { error: { code: "usage", message, hint } });
  }
  assert.equal(existsSync(desk.db), false);
}

void test("a command or an option that there is not is refused, with a guess", (t) =>
  refused(t, () => [
    [
      "sbumit ./jobs.mjs#greet",
      'unknown command "sbumit"',
      "Did you mean submit? See: gigq --help",
    ],
    ["help stat", 'unknown command "stat"', "Did you mean stats? See: gigq --help"],
    ["frobnicate", 'unknown command "frobnicate"', "See: gigq --help"],
    ["--db x.db", "no command is named", "See: gigq --help"],
    [
      "list --stauts failed",
      'unknown option "--stauts"',
      "Did you mean --status? See: gigq list --help",
    ],
    [
      "submit ./jobs.mjs#greet --frobnicate",
      'unknown option "--frobnicate"',
      "See: gigq submit --help",
    ],
    ["-x", 'unknown option "-x"', "See: gigq --help"],
  ]));

void test("too few or too many arguments are refused", (t) =>
  refused(t, () => [
    ["submit", "no function is named", "Name a module and its export, as in ./jobs.ts#resize"],
    [
      "run --name x",
      "no function is named",
      "Name a module and its export, as in ./jobs.ts#resize",
    ],
    [
      "submit ./jobs.mjs greet",
      'too many arguments: "greet"',
      'Name the export after a "#": ./jobs.mjs#greet',
    ],
    [
      "run ./jobs.mjs#greet name=Ada",
      'too many arguments: "name=Ada"',
      "Parameters are given with -p, as in -p name=Ada",
    ],
    [
      "submit ./jobs.mjs#echo a.png b",
      'too many arguments: "a.png b"',
      "Parameters are given with -p, as in -p file=a.png",
    ],
    ["status", "no job is named", "Give numbers or ids, as in: gigq status 42"],
    ["wait --timeout 1s", "no job is named", "Give numbers or ids, as in: gigq wait 42"],
    ["cancel --force", "no job is named", "Give numbers or ids, as in: gigq cancel 42"],
    ["list failed", 'too many arguments: "failed"', "See: gigq list --help"],
    ["stats a b", 'too many arguments: "a b"', "See: gigq stats --help"],
    ["worker ./jobs.mjs", 'too many arguments: "./jobs.mjs"', "See: gigq worker --help"],
  ]));

void test("an option needs one value", (t) =>
  refused(t, () => [
    ["list --limit", "--limit needs a value", "See: gigq list --help"],
    ["list -s", "--status needs a value", "See: gigq list --help"],
    [
      "list --limit=",
      "--limit needs a value, and it is empty",
      "Is a variable of your script not set?",
    ],
    [
      ["list", "--db", ""],
      "--db needs a value, and it is empty",
      "Is a variable of your script not set?",
    ],
    [
      ["submit", "./jobs.mjs#greet", "--depends-on", ""],
      "--depends-on needs a value, and it is empty",
      "Is a variable of your script not set?",
    ],
    ["list --limit 1 -l 2", "--limit is given twice", "Leave one of them out"],
    ["--db a.db list --db b.db", "--db is given twice", "Leave one of them out"],
    [
      "submit ./jobs.mjs#greet --name --wait",
      "--name needs a value, and --wait is an option",
      "See: gigq submit --help",
    ],
    ["worker --once --drain", "--once and --drain cannot be given together", "Use one of them"],
    [
      "submit ./jobs.mjs#greet --delay 1s --at 2099-01-01",
      "--delay and --at cannot be given together",
      "Use one of them",
    ],
  ]));

void test("a value that cannot be read is refused, under the name of its option", (t) =>
  refused(t, ({ folder }) => {
    const statuses = "Choose among: pending, running, completed, failed, cancelled, timeout";
    const duration = "Give a number with a unit, as in 90s, 15m, 1h30m or 7d";
    const job = "Give a job's number, as in 42, or its id; gigq list shows both";
    const time = "Give ISO 8601, as in 2026-11-22T08:00 or 2026-11-22T08:00:00Z";
    const object = `For example: --params '{"file":"a.png"}', or --params @params.json`;
    const relative = `Paths are relative to where you stand (${folder})`;
    const greet = "submit ./jobs.mjs#greet";
    return [
      ["list --status done", '--status: there is no status "done"', statuses],
      ["list --status failed,", '--status: there is no status ""', statuses],
      ["list --limit many", '--limit: "many" is no whole number', "For example: 10"],
      ["list --limit 0", "--limit: 0 is too small", "The smallest is 1"],
      [`${greet} --max-attempts 0`, "--max-attempts: 0 is too small", "The smallest is 1"],
      [
        `${greet} --max-attempts 1e9`,
        '--max-attempts: "1e9" is no whole number',
        "For example: 10",
      ],
      [
        `${greet} --priority 9999999999`,
        "--priority: 9999999999 is too large",
        "The largest is 2147483647",
      ],
      [
        `${greet} --timeout 0`,
        '--timeout: "0" is too short',
        "Give more, as in 0.5s or 15m, or none for no limit",
      ],
      [`${greet} --timeout 5x`, '--timeout: "5x" is no duration', duration],
      [`${greet} --timeout -5`, '--timeout: "-5" is no duration', duration],
      [`${greet} --retry-delay 600w`, '--retry-delay: "600w" is too long', "The longest is 3650d"],
      [
        `${greet} --backoff linear`,
        '--backoff: there is no backoff "linear"',
        "Choose among: fixed, exponential",
      ],
      [
        `${greet} --on-parent-failure ask`,
        '--on-parent-failure: there is no policy "ask"',
        "Choose among: cancel, wait, run",
      ],
      [`${greet} --at tomorrow`, '--at: "tomorrow" is no time', time],
      [`${greet} --depends-on 1,x`, '--depends-on: "x" is no job id', job],
      [
        `${greet} -p name`,
        '--param: "name" is no parameter',
        "Give a name and a value, as in -p file=a.png",
      ],
      [
        `${greet} -p =Ada`,
        '--param: "=Ada" is no parameter',
        "Give a name and a value, as in -p file=a.png",
      ],
      [`${greet} --params {name}`, "--params is no JSON object: {name}", object],
      [`${greet} --params [1]`, "--params is no JSON object: [1]", object],
      [`${greet} --params -`, "--params is no JSON object: (empty)", object],
      [
        `${greet} --params @a.json`,
        "--params: a.json cannot be read: there is no such file",
        relative,
      ],
      [`${greet} --params @.`, "--params: . cannot be read: it is a folder", relative],
      ["status 1 x", '"x" is no job id', job],
      ["cancel 0", '"0" is no job id', job],
      ["wait 1 --timeout soon", '--timeout: "soon" is no duration', duration],
      ["worker --concurrency 0", "--concurrency: 0 is too small", "The smallest is 1"],
      ["worker --concurrency 1001", "--concurrency: 1001 is too large", "The largest is 1000"],
      [
        "worker --isolation vm",
        '--isolation: there is no isolation "vm"',
        "Choose among: process, thread, inline",
      ],
      [
        "worker --log-format xml",
        '--log-format: there is no log format "xml"',
        "Choose among: human, json",
      ],
      [
        "worker --polling-interval 0",
        '--polling-interval: "0" is too short',
        "Give more, as in 0.5s or 15m",
      ],
      [
        "worker --shutdown-timeout 30d",
        '--shutdown-timeout: "30d" is too long',
        "The longest is 23d",
      ],
      [
        ["worker", "--worker-id", "a b"],
        '"a b" cannot name a worker',
        "Use up to 100 letters, digits, and any of . _ - : @",
      ],
      ["worker --max-rss 10M", '--max-rss: "10M" is too small', "The smallest is 64M"],
      [
        "worker --max-rss much",
        '--max-rss: "much" is no size',
        "Give a number with a unit, as in 512M, 1.5G or 800K",
      ],
      [
        "worker --max-rss 1G --isolation thread",
        'maxRss is not for the isolation "thread": its jobs share the worker\'s memory',
        "Leave it out, or choose process",
      ],
      [
        "worker --max-jobs-per-child 0",
        "--max-jobs-per-child: 0 is too small",
        "The smallest is 1",
      ],
      [
        "worker --max-jobs-per-child 5 --isolation inline",
        'maxJobsPerChild is not for the isolation "inline": it has no children',
        "Leave it out, or choose process or thread",
      ],
      [
        "worker --idle-timeout 0",
        '--idle-timeout: "0" is too short',
        "Give more, as in 0.5s or 15m",
      ],
      [
        "worker --idle-timeout 1m --isolation inline",
        'idleTimeout is not for the isolation "inline": it has no children',
        "Leave it out, or choose process or thread",
      ],
      ["worker --root nowhere", "--root: there is no folder nowhere", relative],
    ];
  }));

void test("a function that cannot be found is refused, with a guess", (t) =>
  refused(t, ({ folder }) => {
    const relative = `Paths are relative to where you stand (${folder}).`;
    const write = 'Write the module, a "#" and the name of the export:';
    return [
      [
        "submit ./jbos.mjs#greet",
        "there is no module at ./jbos.mjs",
        `${relative} Did you mean ./jobs.mjs?`,
      ],
      ["run jobs.js#greet", "there is no module at jobs.js", `${relative} Did you mean jobs.mjs?`],
      ["submit ./nowhere/jobs.mjs#greet", "there is no module at ./nowhere/jobs.mjs", relative],
      ["submit .#greet", "there is no module at .", relative],
      [
        "submit ./jobs.mjs",
        '"./jobs.mjs" does not name a module and an export',
        `${write} ./jobs.mjs#resize`,
      ],
      [
        "submit ./jobs.mjs#",
        '"./jobs.mjs#" does not name a module and an export',
        `${write} ./jobs.mjs#resize`,
      ],
      ["run #greet", '"#greet" does not name a module and an export', `${write} ./jobs.ts#greet`],
    ];
  }));
