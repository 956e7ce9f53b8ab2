import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CONTENDERS } from "./contenders.js";

/**
 * Drains jobs that do nothing, through each contender in turn, several times over, and prints the
 * medians side by side. The turns alternate, so that a slow minute of the machine hits them all.
 */
const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "20000" },
    rounds: { type: "string", default: "3" },
    concurrency: { type: "string", default: "8" },
  },
});
const jobs = Number(values.jobs);
const rounds = Number(values.rounds);
const one = fileURLToPath(new URL("./one.js", import.meta.url));
const rates = Object.fromEntries(Object.keys(CONTENDERS).map((name) => [name, []]));

for (let round = 1; round <= rounds; round++) {
  for (const name of Object.keys(CONTENDERS)) {
    const rate = measure(name);
    rates[name].push(rate);
    process.stderr.write(`round ${round}  ${name.padEnd(14)}${perSecond(rate)}\n`);
  }
}
report();

function measure(name) {
  const folder = mkdtempSync(join(tmpdir(), "gigq-bench-"));
  const step = (which) =>
    execFileSync(process.execPath, [
      one,
      which,
      name,
      join(folder, "queue.db"),
      values.jobs,
      values.concurrency,
    ]);
  try {
    step("fill");
    return (jobs / JSON.parse(step("drain").toString())) * 1000;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function report() {
  const base = median(rates.plainjob);
  console.log(
    `${jobs} jobs that do nothing, concurrency ${values.concurrency}, ${rounds} rounds, Node ${process.versions.node}, ${cpus().length} cores`,
  );
  for (const [name, { note }] of Object.entries(CONTENDERS)) {
    const middle = median(rates[name]);
    const ratio = `${(middle / base).toFixed(1)}×`.padStart(6);
    console.log(`${name.padEnd(14)}${perSecond(middle)}${ratio}  ${note}`);
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function perSecond(rate) {
  return `${Math.round(rate).toLocaleString("en-US")} jobs/s`.padStart(15);
}
