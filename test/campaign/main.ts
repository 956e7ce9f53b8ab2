import { parseArgs } from "node:util";
import { PROJECT } from "../support/paths.js";
import { campaign, ROBBERIES, sweep } from "./campaign.js";
import { renderFigures } from "./report.js";
import { INJECTIONS, type Injection, sabotaged } from "./sabotage.js";

/** `npm run campaign -- --kills 1000 --seed 7 [--minutes 30] [--keep] [--inject no-fence]` */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    minutes: { type: "string", default: "60" },
    workers: { type: "string", default: "4" },
    pace: { type: "string", default: "400" },
    keep: { type: "boolean", default: false },
    inject: { type: "string" },
  },
});

const seed = Number(values.seed);
const broken = values.inject === undefined ? undefined : sabotaged(injection(values.inject));
console.log(
  `seed ${seed}: who is killed when follows from it; what each does at that moment does not`,
);
try {
  const { violations, figures, folder } = await campaign({
    kills: Number(values.kills),
    seed,
    minutes: Number(values.minutes),
    workers: Number(values.workers),
    paceMs: Number(values.pace),
    ...(broken === undefined ? {} : ROBBERIES),
    product: broken ?? PROJECT,
    say: (line) => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`),
  });
  console.log(renderFigures(figures));
  for (const violation of violations) console.log(`VIOLATION: ${violation}`);
  console.log(`${violations.length} violations`);
  if (violations.length > 0 || values.keep) console.log(`everything about it is in ${folder}`);
  else sweep(folder);
  process.exitCode = violations.length > 0 ? 1 : 0;
} finally {
  if (broken !== undefined) sweep(broken);
}

function injection(name: string): Injection {
  if (name in INJECTIONS) return name as Injection;
  throw new Error(`--inject ${name}: choose among ${Object.keys(INJECTIONS).join(", ")}`);
}
