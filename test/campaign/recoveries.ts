import type { Life } from "./journal.js";
import { playerOf, type Records } from "./records.js";

/** What became of the jobs of a worker that was killed. */
export interface Recovery {
  readonly worker: string;
  /** From the kill until the last of its attempts was settled as lost. */
  readonly ms: number;
  /** Another worker was alive, and not suspended, from the kill until then. */
  readonly isWatched: boolean;
}

/**
 * One for each worker that was killed while another worked, and of which an attempt was lost. One
 * that is suspended for a while may count as killed with nobody there.
 */
export function recoveriesOf(records: Records): Recovery[] {
  const lostAt = new Map<string, number>();
  for (const attempts of records.attemptsOf.values()) {
    for (const { status, worker_id, ended_at } of attempts) {
      if (status !== "lost") continue;
      const player = playerOf(worker_id);
      lostAt.set(player, Math.max(lostAt.get(player) ?? 0, ended_at));
    }
  }
  return [...lostAt].flatMap(([worker, untilMs]) => {
    const life = records.journal.lives.get(worker);
    if (life?.struck?.how !== "killed" || life.witnesses.length === 0) return [];
    const isWatched = life.witnesses.some((name) => {
      const witness = records.journal.lives.get(name);
      return witness !== undefined && isWell(witness, life.struck!.ms, untilMs);
    });
    return [{ worker, ms: untilMs - life.struck.ms, isWatched }];
  });
}

function isWell({ struck, ended, pauses }: Life, fromMs: number, untilMs: number): boolean {
  if ((struck ?? ended)!.ms <= untilMs) return false;
  return !pauses.some(({ from, to }) => from.ms < untilMs && (to?.ms ?? Infinity) > fromMs);
}
