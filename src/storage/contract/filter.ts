import assert from "node:assert/strict";
import { type JobFilter, NO_FILTER, passesFilter } from "../../job/job-filter.js";
import { RELEASED, type Scene } from "./scene.js";
import type { Story } from "./story.js";

/** A worker that takes some jobs only. */
export function filterContract(story: Story): void {
  story("a claim takes jobs of a priority or a higher one only", async (scene) => {
    const jobs = await scene.addAll([5, 50, -7, 49, 100, 50].map((priority) => ({ priority })));
    const inOrder = (...indexes: number[]) => indexes.map((index) => jobs[index]!.seq);
    assert.deepEqual(await ready(scene, { minPriority: 50 }), inOrder(4, 1, 5));
    assert.deepEqual(await ready(scene, { minPriority: -(2 ** 31) }), inOrder(4, 1, 5, 3, 0, 2));
    assert.deepEqual(await ready(scene, { minPriority: 101 }), []);
  });

  story("a claim takes jobs of some names only, in the order of all of them", async (scene) => {
    const jobs = await scene.addAll([
      { name: "b" },
      { name: "a" },
      { name: "c", priority: 9 },
      { name: "b", priority: 1 },
      { name: "a", priority: 1 },
      { name: "A", priority: 9 },
    ]);
    const inOrder = (...indexes: number[]) => indexes.map((index) => jobs[index]!.seq);
    assert.deepEqual(await ready(scene, { names: ["a", "b"] }), inOrder(3, 4, 0, 1));
    assert.deepEqual(await ready(scene, { names: ["a"], minPriority: 1 }), inOrder(4));
    assert.deepEqual(await ready(scene, { names: ["nothing", "b", "b"] }), inOrder(3, 0));
    assert.deepEqual(await ready(scene, { names: [] }), []);
  });

  const PATTERNS: readonly (readonly [pattern: string, matching: readonly string[]])[] = [
    ["report-*", ["report-", "report-eu", "report-*"]],
    ["report-?*", ["report-eu", "report-*"]],
    ["report-[eu]*", []],
    ["[eu]", ["[eu]"]],
    ["[e?]", ["[eu]"]],
    ["*", NAMES],
    ["?", ["🎈", "\u{10ffff}"]],
    ["\u{10ffff}*", ["\u{10ffff}", "\u{10ffff}\u{10ffff}z"]],
    ["🎈*", ["🎈", "🎈größe"]],
    ["*größe", ["🎈größe"]],
    ["*r*e*", ["report-", "report-eu", "report-*", "🎈größe"]],
    ["%", []],
  ];
  story("patterns match whole names, and only * and ? stand for others", async (scene) => {
    await scene.addAll(NAMES.map((name) => ({ name })));
    for (const [pattern, matching] of PATTERNS) {
      assert.deepEqual(await readyNames(scene, [pattern]), matching, pattern);
    }
    assert.deepEqual(await readyNames(scene, ["report-?*", "*eu", "🎈"]), [
      "report-eu",
      "report-*",
      "🎈",
    ]);
  });

  story("a filter lets through what it says, whatever the names and priorities", async (scene) => {
    const names = texts(["a", "b", "[", "é", "🎈"], 3);
    const jobs = await scene.addAll(
      names.map((name, index) => ({ name, priority: (index % 5) - 2 })),
    );
    jobs.sort((one, other) => other.priority - one.priority || one.seq - other.seq);
    const patterns = [...texts(["a", "[", "🎈", "*", "?"], 2), "*a*", "a*a", "?*[", "*b?", "*?*"];
    for (const [index, pattern] of patterns.entries()) {
      const filter: JobFilter = {
        minPriority: [null, -1, 1][index % 3]!,
        names: index % 2 === 0 ? [pattern] : [pattern, "b", "é?"],
      };
      const expected = jobs.filter((job) => passesFilter(filter, job)).slice(0, 1 + 3 * index);
      assert.deepEqual(
        await ready(scene, filter, 1 + 3 * index),
        seqs(expected),
        JSON.stringify(filter),
      );
    }
  });

  story("a pattern finds its jobs in order among thousands of names", async (scene) => {
    const job = (kind: string) => (_: unknown, index: number) => ({
      name: `${kind}-${index}`,
      priority: index % 2,
    });
    const others = Array.from({ length: 3_000 }, job("other"));
    const reports = Array.from({ length: 3_000 }, job("report"));
    const [, found] = [await scene.addAll(others), await scene.addAll(reports)];
    const last = await scene.add({ name: "last", priority: 1 });
    const inOrder = [1, 0].flatMap((p) => found.filter(({ priority }) => priority === p));
    const expected = (fits: (name: string) => boolean) => inOrder.filter(({ name }) => fits(name));
    for (const [pattern, fits] of [
      ["report-*", () => true],
      ["report-*7", (name) => name.endsWith("7")],
      ["r*-123?", (name) => /-123.$/.test(name)],
      ["*t-77", (name) => name === "report-77"],
    ] as const satisfies [string, (name: string) => boolean][]) {
      const seqs = expected(fits).map(({ seq }) => seq);
      assert.deepEqual(await ready(scene, { names: [pattern] }, 40), seqs.slice(0, 40), pattern);
    }
    const urgent = expected(() => true).slice(0, 1_500);
    assert.deepEqual(
      await ready(scene, { names: ["last", "report-*"], minPriority: 1 }, 2_000),
      seqs([...urgent, last]),
    );
    assert.deepEqual(await ready(scene, { names: ["other-*"] }, 1), [2]);
    assert.deepEqual(await ready(scene, { names: ["*-x"] }, 1), []);
  });

  story("one particular job is claimed only where the filter lets it through", async (scene) => {
    const job = await scene.add({ name: "import", priority: 5 });
    const claims = async (said: Partial<JobFilter>) => {
      const filter = { ...NO_FILTER, ...said };
      return (await scene.advance({ claimants: ["w"], only: job.seq, filter })).claims.length;
    };
    assert.equal(await claims({ minPriority: 6 }), 0);
    assert.equal(await claims({ names: ["report-*", "imp"] }), 0);
    assert.equal(await claims({ minPriority: 5, names: ["imp*"] }), 1);
  });

  story("a due job is freed for all by whoever looks, and taken by its own", async (scene) => {
    const due = scene.now + 1_000;
    const job = await scene.add({ name: "later", runAt: due });
    const look = (name: string) =>
      scene.advance({ claimants: ["w"], filter: { minPriority: null, names: [name] } });
    assert.equal((await look("other")).nextDueAt, due);
    scene.now = due;
    const { claims, nextDueAt } = await look("other");
    assert.deepEqual([claims, nextDueAt], [[], undefined]);
    assert.deepEqual(seqs((await look("l?t*")).claims.map((claim) => claim.job)), [job.seq]);
  });

  story("two workers with other filters take each their own", async (scene) => {
    const other = await scene.store.connect();
    const [a, b, c] = await scene.addAll([{ name: "a" }, { name: "b" }, { name: "c" }]);
    await scene.enlist("v");
    const step = { settlements: [], claimants: ["s", "s", "s"], firstTurn: 1, now: scene.now };
    const [one, two] = await Promise.all([
      scene.advance({ ...step, filter: { minPriority: null, names: ["a", "c"] } }),
      other.advance({ ...step, worker: "v", filter: { minPriority: null, names: ["b"] } }),
    ]);
    assert.deepEqual(seqs(one.claims.map(({ job }) => job)), seqs([a!, c!]));
    assert.deepEqual(seqs(two.claims.map(({ job }) => job)), [b!.seq]);
  });
}

const NAMES: readonly string[] = [
  ...["report-", "report-eu", "report-*", "[eu]", "🎈", "🎈größe"],
  ...["\u{10ffff}", "\u{10ffff}\u{10ffff}z"],
];

/** All texts of one character or more, up to a length. */
function texts(characters: readonly string[], longest: number): string[] {
  if (longest === 0) return [];
  const shorter = texts(characters, longest - 1);
  return characters.flatMap((first) => [first, ...shorter.map((rest) => first + rest)]);
}

/** The numbers of the jobs that a filter lets through, in the order in which they would be claimed. */
async function ready(scene: Scene, said: Partial<JobFilter>, limit = 100): Promise<number[]> {
  return seqs((await look(scene, said, limit)).map(({ job }) => job));
}

async function readyNames(scene: Scene, names: readonly string[]): Promise<string[]> {
  return (await look(scene, { names }, 100)).map(({ job }) => job.name);
}

async function look(scene: Scene, said: Partial<JobFilter>, limit: number) {
  const claimants = Array.from({ length: limit }, () => "w");
  const { claims } = await scene.advance({ claimants, filter: { ...NO_FILTER, ...said } });
  await scene.advance({ settlements: claims.map((claim) => scene.ending(claim, RELEASED)) });
  return claims;
}

function seqs(jobs: readonly { seq: number }[]): number[] {
  return jobs.map((job) => job.seq);
}
