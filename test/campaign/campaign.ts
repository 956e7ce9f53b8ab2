import { existsSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { JobQueue } from "../../src/index.js";
import { check } from "./checker.js";
import { Errands } from "./errands.js";
import { Journal } from "./journal.js";
import { Mischief, type Move, type Theatre, WEIGHTS } from "./mischief.js";
import { killAll, processesIn } from "./processes.js";
import { Random } from "./random.js";
import { type Figures, figuresOf } from "./report.js";
import { Stage } from "./stage.js";
import { SubmitterPlayer } from "./submitter-player.js";
import { readTrace } from "./trace.js";
import { Window } from "./window.js";
import { type Isolations, WorkerPlayer } from "./worker-player.js";

const ISOLATIONS: Isolations = { process: 17, thread: 2, inline: 1 };

export interface CampaignOptions {
  /** How many SIGKILLs and robberies, at least. */
  readonly kills: number;
  readonly seed: number;
  /** No longer than this, whatever the number of kills. */
  readonly minutes: number;
  readonly workers: number;
  /** Milliseconds from one strike to the next, on average. */
  readonly paceMs: number;
  /** How often each kind of strike comes, where that is not as usual. */
  readonly weights?: Partial<Record<Move, number>>;
  readonly isolations?: Isolations;
  /** False: nobody calls commands beside. */
  readonly errands?: boolean;
  /** Most jobs take their time. */
  readonly long?: boolean;
  /** So many unfinished jobs are there at most; the two submitters wait then. */
  readonly backlog?: number;
  /** The folder of the gigq that is put to the test. */
  readonly product: string;
  readonly say: (line: string) => void;
}

export interface CampaignResult {
  readonly violations: readonly string[];
  readonly figures: Figures;
  /** Where everything about it is; whoever asked for the campaign removes it. */
  readonly folder: string;
}

/**
 * Lets workers, submitters and commands loose on one queue, kills them at random, and holds what
 * is left against what was promised. The schedule follows from the seed; how it falls together with
 * what the processes do at the moment does not.
 */
export async function campaign(options: CampaignOptions): Promise<CampaignResult> {
  const startedMs = performance.now();
  const stage = new Stage(options.product, options.long ?? false);
  const journal = new Journal();
  await createQueue(stage.db);
  const window = new Window(stage.db);
  try {
    await play(options, stage, journal, window);
    await drain(stage, journal, window);
    const trace = await readTrace(stage.ground.trace);
    await nothingIsLeft(stage, journal);
    await nobodyIsLeft(stage, journal, trace.pids);
    const violations = [...new Set([...journal.violations, ...check(stage.db, journal, trace)])];
    const seconds = (performance.now() - startedMs) / 1_000;
    const figures = figuresOf(stage.db, journal, trace, seconds);
    return { violations, figures, folder: stage.folder };
  } finally {
    window.close();
    killAll(processesIn(stage.folder, []));
  }
}

async function createQueue(db: string): Promise<void> {
  const queue = new JobQueue(db);
  await queue.open();
  await queue.close();
}

async function play(
  options: CampaignOptions,
  stage: Stage,
  journal: Journal,
  window: Window,
): Promise<void> {
  const random = new Random(options.seed);
  const { backlog = 60, isolations = ISOLATIONS } = options;
  const workers = Array.from(
    { length: options.workers },
    (_, index) =>
      new WorkerPlayer(`worker${index + 1}`, random.fork(), { stage, journal, isolations }),
  );
  const submitters = [1, 2].map(
    (number) => new SubmitterPlayer(`submitter${number}`, random.fork(), stage, journal, backlog),
  );
  const errands = new Errands(stage, journal, window, random.fork());
  const theatre: Theatre = { stage, journal, window, workers, submitters, errands };
  const mischief = new Mischief(theatre, random.fork(), { ...WEIGHTS, ...options.weights });
  for (const player of [...workers, ...submitters]) player.start();

  const over = new AbortController();
  const errandsRandom = random.fork();
  const going = [
    often(
      over.signal,
      () => errandsRandom.wait(3 * options.paceMs),
      () => options.errands !== false && errands.begin(),
    ),
    often(
      over.signal,
      () => 1_000,
      () => journal.violations.push(...window.miscounted()),
    ),
  ];
  await strikeUntilDone(options, journal, mischief, random.fork());
  over.abort();
  await Promise.all(going);
  await mischief.ended();
  await Promise.all(submitters.map((submitter) => submitter.retire("SIGTERM")));
  await errands.ended();
  await Promise.all(workers.map((worker) => worker.retire("SIGTERM")));
}

async function strikeUntilDone(
  { kills, minutes, paceMs, say }: CampaignOptions,
  journal: Journal,
  mischief: Mischief,
  random: Random,
): Promise<void> {
  const until = performance.now() + minutes * 60_000;
  let said = 0;
  const done = () => journal.kills + (journal.blows.get("robbery") ?? 0);
  while (done() < kills && performance.now() < until) {
    await sleep(random.wait(paceMs));
    mischief.strike();
    if (done() < said + 50) continue;
    said = done();
    say(`${said} kills and robberies, ${journal.violations.length} violations so far`);
  }
}

async function often(signal: AbortSignal, waitMs: () => number, act: () => unknown): Promise<void> {
  while (!signal.aborted) {
    await sleep(waitMs(), undefined, { signal }).catch(() => {});
    if (!signal.aborted) act();
  }
}

/** Workers that take up what is left do not get further than this in vain. */
const STUCK_MS = 30_000;

/** Works until nothing is left to be done, or nothing moves any more. */
async function drain(stage: Stage, journal: Journal, window: Window): Promise<void> {
  let left = Number.POSITIVE_INFINITY;
  let movedMs = performance.now();
  for (let turn = 1; performance.now() - movedMs < STUCK_MS; turn++) {
    const unfinished = window.unfinished();
    if (unfinished === 0) return;
    if (unfinished < left) {
      left = unfinished;
      movedMs = performance.now();
    }
    await Promise.all([1, 2].map((number) => drainOnce(`drain${number}.${turn}`, stage, journal)));
  }
}

async function drainOnce(name: string, stage: Stage, journal: Journal): Promise<void> {
  const args = ["--drain", "--concurrency", "2", "--worker-id", name];
  const child = stage.gigq(name, ["worker", ...args, "--log-format", "json"], "ignore");
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once("close", (...end) => resolve(end)),
  );
  if (code !== 0) journal.violations.push(`${name} ended with ${code ?? signal}`);
}

/** Processes need a moment to end when they were killed. */
const BURIAL_MS = 15_000;

async function nobodyIsLeft(
  { folder }: Stage,
  journal: Journal,
  known: ReadonlySet<number>,
): Promise<void> {
  let left = processesIn(folder, known);
  for (const until = performance.now() + BURIAL_MS; left.length > 0; ) {
    if (performance.now() > until) break;
    await sleep(50);
    left = processesIn(folder, known);
  }
  for (const pid of left) journal.violations.push(`process ${pid} is left`);
}

/**
 * A worker that is killed while it comes or goes may leave a folder that nobody knows of; the next
 * one after an hour removes it.
 */
async function nothingIsLeft(stage: Stage, journal: Journal): Promise<void> {
  const { meetingPlace } = stage;
  const left = () => (existsSync(meetingPlace) ? readdirSync(meetingPlace) : []);
  const longAgo = Date.now() / 1_000 - 2 * 3_600;
  for (const folder of left()) utimesSync(join(meetingPlace, folder), longAgo, longAgo);
  await drainOnce("late", stage, journal);
  for (const folder of left()) journal.violations.push(`${meetingPlace}/${folder} is left`);
}

/** For bugs that show only when a worker is taken for dead and is not. */
export const ROBBERIES: Pick<
  CampaignOptions,
  "weights" | "isolations" | "errands" | "long" | "backlog"
> = {
  errands: false,
  isolations: { process: 1, thread: 0, inline: 0 },
  weights: {
    ...(Object.fromEntries(Object.keys(WEIGHTS).map((move) => [move, 0])) as typeof WEIGHTS),
    rob: 1,
  },
  long: true,
  // The others have room, and take up again at once what a robbed one had in hand.
  backlog: 5,
};

/** Throws away everything about a campaign. */
export function sweep(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
