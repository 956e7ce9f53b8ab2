/** Where a ready job stands: what its place in the order is made of. */
export interface ReadyKey {
  readonly seq: number;
  readonly priority: number;
}

/** Ready jobs in their order, read a page at a time. */
export class Lane {
  readonly #read: (limit: number, offset: number) => readonly ReadyKey[];
  readonly #leastPage: number;
  #page: readonly ReadyKey[] = [];
  /** Where the head is in the page, and how many were in the pages before. */
  #at = 0;
  #before = 0;
  #isLast = false;

  /** `leastPage` is for reading that costs the same for one as for many. */
  constructor(read: (limit: number, offset: number) => readonly ReadyKey[], leastPage = 1) {
    this.#read = read;
    this.#leastPage = leastPage;
  }

  /** `undefined` at the end. `wanted` is how many to read where none is left to look at. */
  head(wanted: number): ReadyKey | undefined {
    const pageSize = Math.max(wanted, this.#leastPage);
    if (this.#at >= this.#page.length && !this.#isLast) {
      this.#before += this.#page.length;
      this.#page = this.#read(pageSize, this.#before);
      this.#at = 0;
      this.#isLast = this.#page.length < pageSize;
    }
    return this.#page[this.#at];
  }

  step(): void {
    this.#at += 1;
  }
}

/** The first so many of all lanes together; a job that is in several of them comes once. */
export function takeFirst(limit: number, lanes: readonly Lane[]): ReadyKey[] {
  const taken = new Map<number, ReadyKey>();
  // With many lanes, most give little or nothing.
  const pageSize = Math.ceil(limit / Math.max(1, lanes.length));
  while (taken.size < limit) {
    let first: Lane | undefined;
    let best: ReadyKey | undefined;
    for (const lane of lanes) {
      const head = lane.head(pageSize);
      if (head === undefined || (best !== undefined && !isBefore(head, best))) continue;
      [first, best] = [lane, head];
    }
    if (first === undefined || best === undefined) break;
    taken.set(best.seq, best);
    first.step();
  }
  return [...taken.values()];
}

/** By priority, and then in order of submission. */
function isBefore(one: ReadyKey, other: ReadyKey): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  return one.seq < other.seq;
}
