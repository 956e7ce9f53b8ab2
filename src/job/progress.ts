/** How far an attempt is, as its function tells it. */
export interface Progress {
  /** How much is done, in a unit of the function's own. */
  readonly done: number;
  /** `null` when it is not known how much there is. */
  readonly total: number | null;
  /** What it is at; `null` when it did not say. */
  readonly message: string | null;
}
