import type { Database, Statement } from "better-sqlite3";
import { isPattern, type JobFilter, passesFilter } from "../../job/job-filter.js";
import * as byName from "./by-name-sql.js";
import { endOfPrefix, globOf, literalPrefix } from "./glob.js";
import { Lane, type ReadyKey, takeFirst } from "./lanes.js";
import type { JobRow } from "./rows.js";
import * as sql from "./sql.js";

/** Lower than any priority. */
const LEAST_PRIORITY = -(2 ** 31);

/** A pattern is resolved to the names that it matches, unless more ready names begin as it does. */
const MOST_NAMES = 1_000;

/** Where names are as many as jobs, so many ready jobs are looked at first. */
const FIRST_LOOK = 1_000;

/** Finds the ready jobs that a filter lets through, in the order in which they are claimed. */
export class ReadyJobs {
  readonly #db: Database;
  readonly #first;
  readonly #any;
  readonly #one;
  #named: NamedStatements | undefined;

  constructor(db: Database) {
    this.#db = db;
    this.#first = db.prepare<[number, number], JobRow>(sql.READY_JOBS);
    this.#any = db.prepare<[number]>(sql.ANY_READY).pluck();
    this.#one = db.prepare<[number], JobRow>(sql.READY_JOB);
  }

  /** The first so many. */
  first(limit: number, { minPriority, names }: JobFilter): JobRow[] {
    const least = minPriority ?? LEAST_PRIORITY;
    if (names === null) return this.#first.all(least, limit);
    return this.#byName(names, least, limit).flatMap(({ seq }) => this.#one.all(seq));
  }

  /** This one, as a list; empty where it is not ready, or the filter does not let it through. */
  only(seq: number, filter: JobFilter): JobRow[] {
    return this.#one.all(seq).filter((row) => passesFilter(filter, row));
  }

  any({ minPriority, names }: JobFilter): boolean {
    const least = minPriority ?? LEAST_PRIORITY;
    if (names === null) return this.#any.get(least) !== undefined;
    return this.#byName(names, least, 1).length > 0;
  }

  /**
   * Each name is a lane of its own in the index, already in order. Where a pattern matches so many
   * names that it would be too many lanes, matching jobs are likely among the first ready ones; and
   * only where they are not, all that begin as it does are gone through.
   */
  #byName(names: readonly string[], least: number, limit: number): ReadyKey[] {
    const wanted = new Set<string>();
    const crowded: string[] = [];
    for (const name of names) {
      const matching = isPattern(name) ? this.#readyNames(name) : [name];
      if (matching === undefined) crowded.push(name);
      else for (const each of matching) wanted.add(each);
    }
    if (crowded.length > 0) {
      const found = this.#amongFirst(names, least, limit);
      if (found !== undefined) return found;
    }
    const { ofName, inRange } = this.#statements;
    return takeFirst(limit, [
      ...[...wanted].map((name) => new Lane((...page) => ofName.all(name, least, ...page))),
      ...crowded.map((pattern) => {
        const range = [literalPrefix(pattern), endOfPrefix(literalPrefix(pattern))] as const;
        return new Lane((...page) => inRange.all(...range, least, globOf(pattern), ...page), limit);
      }),
    ]);
  }

  /** The names of ready jobs that a pattern matches, jumping from one to the next. */
  #readyNames(pattern: string): string[] | undefined {
    const { firstName, nextName } = this.#statements;
    const prefix = literalPrefix(pattern);
    const end = endOfPrefix(prefix);
    const filter = { minPriority: null, names: [pattern] };
    const names: string[] = [];
    let name = firstName.get(prefix, end);
    for (let seen = 0; name !== undefined; seen++) {
      if (seen >= MOST_NAMES) return undefined;
      if (passesFilter(filter, { name, priority: 0 })) names.push(name);
      name = nextName.get(name, end);
    }
    return names;
  }

  /** `undefined` where the first ready jobs are not enough to tell. */
  #amongFirst(names: readonly string[], least: number, limit: number): ReadyKey[] | undefined {
    const filter = { minPriority: null, names };
    const first = this.#statements.firstReady.all(least, FIRST_LOOK);
    const found = first.filter((job) => passesFilter(filter, job)).slice(0, limit);
    return found.length === limit || first.length < FIRST_LOOK ? found : undefined;
  }

  /** The index costs every insert a little: it is made for the first worker that asks for names. */
  get #statements(): NamedStatements {
    if (this.#named === undefined) {
      this.#db.exec(byName.INDEX_READY_BY_NAME);
      this.#named = {
        ofName: this.#db.prepare(byName.READY_OF_NAME),
        inRange: this.#db.prepare(byName.READY_IN_RANGE),
        firstName: this.#db.prepare<NameRange, string>(byName.FIRST_READY_NAME).pluck(),
        nextName: this.#db.prepare<NameRange, string>(byName.NEXT_READY_NAME).pluck(),
        firstReady: this.#db.prepare(byName.FIRST_READY),
      };
    }
    return this.#named;
  }
}

type NameRange = [from: string, end: string | Buffer];

interface NamedStatements {
  readonly ofName: Statement<[string, number, number, number], ReadyKey>;
  readonly inRange: Statement<[string, string | Buffer, number, string, number, number], ReadyKey>;
  readonly firstName: Statement<NameRange, string>;
  readonly nextName: Statement<NameRange, string>;
  readonly firstReady: Statement<[number, number], ReadyKey & { name: string }>;
}
