/** How far an attempt is, as its function tells it. */
export interface Progress {
  readonly done: number;
  /** `null` when it is not known how much there is. */
  readonly total: number | null;
  readonly message: string | null;
}
